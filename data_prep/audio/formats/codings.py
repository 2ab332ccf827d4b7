"""Names the coding of a file that libsndfile does not open.

What it is decides why it is left out, and its name tells a person what to
convert.
"""

import os
from collections.abc import Mapping
from typing import BinaryIO

from data_prep.audio.formats import mpeg, ogg
from data_prep.audio.formats.containers import Chunks, find_chunks
from data_prep.audio.formats.format_tags import (
    AU_CODINGS,
    CODINGS,
    EXTENSIBLE,
    GUID,
    READ,
    TAGS,
)
from data_prep.audio.formats.mpeg_frames import read_frame

MAX_CHANNELS = 1024  # that libsndfile takes
# Files that are sound, by how they begin.
SOUND = {
    b"wvpk": "WavPack",
    b"MAC ": "Monkey's Audio",
    b"TTA1": "True Audio",
    b"TTA2": "True Audio",
    b"MPCK": "Musepack",
    b"MP+": "Musepack",
    b"\x30\x26\xb2\x75": "Windows Media",
    b"#!AMR": "AMR",
    b"#!SILK": "SILK",
    b"\x1aE\xdf\xa3": "Matroska or WebM",
    b"ajkg": "Shorten",
    b"ADIF": "AAC",
    b".ra\xfd": "RealAudio",
    b".RMF": "RealMedia",
    b"OFR ": "OptimFROG",
    b"tBaK": "TAK",
    b"DSD ": "DSD",
    b"FRM8": "DSD",
    b"\x7f\xfe\x80\x01": "DTS",
    b".SoX": "SoX's own format",
    b"XoS.": "SoX's own format",
    b"qoaf": "QOA",
    b"IMPS": "Impulse Tracker sample",
    b"FLV\1": "Flash video",
}
# Files that are none.
OTHER = {
    b"version https://git-lfs": "Git LFS pointer",
    b"PK\3\4": "zip",
    b"\x1f\x8b": "gzip",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"MThd": "MIDI",
    b"\0\5\x16\7": "resource fork",
    b"\x7fELF": "program",
    b"SQLite": "database",
}
# What libsndfile reads, if it is whole.
READABLE = {
    b"fLaC": "FLAC",
    b"OggS": "Ogg",
    b"caff": "CAF",
    b".snd": "AU",
    b"dns.": "AU",
    b"riff": "Wave64",
    b"Creative Voice": "VOC",
    b"NIST_1A": "NIST Sphere",
    b" paf": "PAF",
    b"fap ": "PAF",
    b"2BIT": "AVR",
    b"ID3": "MP3",
}
_LOOKED_AT = 1 << 18  # bytes at each end of an MP4 file


def explain(file: BinaryIO) -> tuple[str, str]:
    """Returns why a file gives no sound: a reason of the manifest, and a note.

    Args:
      file: one that libsndfile opens neither as it is nor put right.
    """
    size = file.seek(0, os.SEEK_END)
    start = _read(file, 0)
    if not size:
        return "empty", "zero bytes"
    if name := _begins_as(OTHER, start):
        return "not_audio", name
    if name := _name(file, size):
        return "unsupported_format", name
    if _is_stump(file):
        return "truncated", "MPEG audio that ends in its first frames"
    if name := _begins_as(READABLE, start):
        return "unreadable", f"a damaged header of {name}"
    if start[:4] in (b"RIFF", b"RIFX", b"RF64", b"FORM"):
        return "not_audio", "a header without samples"
    return "not_audio", _kind_of_text(start)


def _name(file: BinaryIO, size: int) -> str:
    """Returns the name of a coding that libsndfile does not read, or ""."""
    place = mpeg.skip_tags(_read(file, 0))
    start = _read(file, place)
    if name := _begins_as(SOUND, start):
        return name
    if start[:2] == b"\x0b\x77" and start[5:6] < b"\x88":  # version 16 or less
        return "AC-3"
    if _is_adts(file, place, size):
        return "AAC"
    if start[4:8] == b"ftyp":
        return f"{_in_mp4(file, size)} in MP4"
    if start[:4] == b"OggS":
        strange = [n for n in ogg.codings(file) if n not in ("Vorbis", "Opus")]
        return f"{strange[0]} in Ogg" if strange else ""
    if start[:4] in (b".snd", b"dns."):
        order = "big" if start[:1] == b"." else "little"
        coding = AU_CODINGS.get(int.from_bytes(start[12:16], order))
        return f"{coding} in AU" if coding else ""
    if chunks := find_chunks(file):
        return _in_chunks(chunks, _read(file, chunks.sound.start))
    return ""


def _read(file: BinaryIO, place: int, size: int = 64) -> bytes:
    file.seek(place)
    return file.read(size)


def _begins_as(names: Mapping[bytes, str], start: bytes) -> str:
    found = (name for begin, name in names.items() if start.startswith(begin))
    return next(found, "")


def _kind_of_text(start: bytes) -> str:
    """Returns what kind of text begins so, or "" if none does."""
    if any(byte < 32 and byte not in b"\t\n\f\r" for byte in start):
        return ""
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return "HTML or XML"
    return "text" if start.isascii() else ""


def _is_adts(file: BinaryIO, place: int, size: int) -> bool:
    """Says whether two frames of AAC begin here, one behind the other."""
    for _ in range(2):
        head = _read(file, place, 6).ljust(6, b"\0")
        length = int.from_bytes(head[3:6], "big") >> 5 & 0x1FFF
        if head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or length < 7:
            return False
        place += length
        if place >= size:
            break
    return True


def _is_stump(file: BinaryIO) -> bool:
    """Says whether a file ends within its first frames of MPEG audio."""
    data = _read(file, 0, mpeg.SEARCHED)
    begin = mpeg.skip_tags(data)
    frame = read_frame(data, begin)
    if frame is None or not frame.length:
        return False
    if len(data) < begin + frame.length + 4:  # no head of a second one
        return frame.layer > 1  # as a layer of the first, UTF-16 begins
    stream = mpeg.read_stream(data)
    return bool(stream and stream.begin == begin and stream.end > begin)


def _in_mp4(file: BinaryIO, size: int) -> str:
    """Returns the name of the coding in an MP4 file."""
    for place in (0, max(0, size - _LOOKED_AT)):
        content = _read(file, place, _LOOKED_AT)
        at = content.find(b"stsd")  # its first entry has a size, then a name
        if at >= 0:
            return CODINGS.get(content[at + 16 : at + 20], "unknown coding")
    return "unknown coding"


def _in_chunks(chunks: Chunks, samples: bytes) -> str:
    """Returns the name of the coding in a file of chunks, or "".

    Args:
      chunks: what was found in it.
      samples: how the samples begin.
    """
    content = chunks.needed[chunks.style.needed[0]]
    if chunks.kind[8:] == b"AIFC":
        return _in_aiff(content)
    if chunks.kind[:4] == b"caff":
        return _named(content[8:12], (b"lpcm", b"ulaw", b"alaw"), "CAF")
    if b"fmt " not in chunks.needed or len(content) < 14:
        return ""
    order = "big" if chunks.kind[:4] == b"RIFX" else "little"
    tag, channels, rate, bits = (
        int.from_bytes(content[at:end], order)
        for at, end in ((0, 2), (2, 4), (4, 8), (14, 16))
    )
    if tag == EXTENSIBLE:
        if content[26:40] != GUID:
            return f"{_begins_as(SOUND, samples) or 'unknown coding'} in WAV"
        tag = int.from_bytes(content[24:26], order)
    name = TAGS.get(tag, f"format tag 0x{tag:04x}")
    if tag not in READ:
        return f"{name} in WAV"
    sane = 0 < channels <= MAX_CHANNELS and 0 < rate < 1 << 31
    return f"{name} of {bits} bits in WAV" if sane else ""


def _in_aiff(content: bytes) -> str:
    sowt = (b"NONE", b"sowt", b"twos", b"raw ", b"in24", b"in32", b"fl32")
    return _named(content[18:22], sowt, "AIFF-C")


def _named(letters: bytes, readable: tuple[bytes, ...], where: str) -> str:
    """Returns the name of a coding of four letters in a kind of file."""
    if letters in readable:
        return ""
    printable = letters.decode("ascii", "replace").strip()
    return f"{CODINGS.get(letters, printable)} in {where}"
