"""Opens a sound file by its content, also where libsndfile alone would not.

libsndfile believes what a header says: a size that was never filled in, a
guess in the place of a count. And it gives up on a file for one chunk. What it
would take amiss is put right in front of it; no file is changed.
"""

import dataclasses
import os
from collections.abc import Iterator
from typing import BinaryIO

import soundfile

from data_prep.audio.formats import heads, mpeg, ogg
from data_prep.audio.formats.containers import Chunks, find_chunks
from data_prep.audio.formats.splice import Part, Splice
from data_prep.audio.opened import Opened, open_bytes, open_parts
from data_prep.audio.opening_flac import MAX_COUNTED, open_flac, with_mending
from data_prep.audio.truncation import lacking, missing_bytes

FEW_BEHIND = 128  # bytes behind the last frame that its decoder bears
ENDLESS = 1 << 62  # frames: what libsndfile says of a number left open
IN_A_ROW = 4  # frames of MPEG that are no chance
UNCLOSED = ("unclosed",)  # the note that a size was never filled in


def open_content(path: str | os.PathLike) -> Opened | None:
    """Opens a sound file, or returns None if it holds no sound that is read.

    Raises:
      OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        chunks = find_chunks(file)
        inner = chunks and _is_other(file, chunks.sound)
    plain = open_bytes(os.fsencode(path))
    if inner and (other := _open_inner(path, chunks)):
        return other
    if plain is None:
        return next(_others(path, chunks), None)
    if plain.subtype.startswith("MPEG"):
        whole = range(os.path.getsize(path))
        return _count_mpeg(plain, path, chunks.sound if chunks else whole)
    misread = chunks and chunks.misread
    if plain.frames == 0 or plain.frames >= ENDLESS or misread:
        if other := next(_others(path, chunks), None):
            plain.close()
            return other
    notes = UNCLOSED if chunks and chunks.unclosed else ()
    missing = missing_bytes(path)
    opened = Opened(plain, plain.frames, missing, notes=notes)
    if plain.format == "OGG" and missing:
        return _end_at_damage(opened, path, range(os.path.getsize(path)))
    if plain.format == "FLAC":
        return with_mending(opened, path)
    return opened


def _is_other(file: BinaryIO, sound: range) -> bool:
    """Says whether the samples are none, but a file within the file."""
    file.seek(sound.start)
    return file.read(4) in (b"OggS", b"fLaC")


def _others(path: str | os.PathLike, chunks: Chunks | None) -> Iterator[Opened]:
    """Yields what libsndfile opens once the file is put right."""
    if chunks and chunks.sound:
        for way in (_open_clean, _open_inner):
            yield from filter(None, [way(path, chunks)])
    for way in (_open_head, open_flac, _open_late_mpeg):
        yield from filter(None, [way(path)])


def _open_clean(path: str | os.PathLike, chunks: Chunks) -> Opened | None:
    """Opens a file of nothing but the chunks that samples need."""
    notes = UNCLOSED if chunks.unclosed else ()
    return open_parts(path, chunks.clean(), missing=chunks.missing, notes=notes)


def _open_head(path: str | os.PathLike) -> Opened | None:
    """Opens a file whose one header has no size, or none that can be."""
    with open(path, "rb") as file:
        parts, unclosed = heads.put_right(file)
    return open_parts(path, parts, notes=UNCLOSED if unclosed else ())


def _open_inner(path: str | os.PathLike, chunks: Chunks) -> Opened | None:
    """Opens the samples' chunk as a file of its own, such as Ogg in WAV."""
    opened = open_parts(path, [chunks.sound])
    if opened is None:
        return None
    if opened.file.subtype.startswith("MPEG"):
        return _count_mpeg(opened.file, path, chunks.sound)
    with Splice(open(path, "rb"), [chunks.sound]) as inside:
        missing = chunks.missing or lacking(inside)
    opened = dataclasses.replace(opened, missing=missing)
    if opened.file.format == "OGG" and missing:
        return _end_at_damage(opened, path, chunks.sound)
    return opened


def _end_at_damage(
    opened: Opened, path: str | os.PathLike, sound: range
) -> Opened:
    """Returns Ogg without its first damaged page and all behind it.

    A decoder leaves out the page and joins what is on both sides of it.

    Args:
      opened: it, with damage.
      path: of the file.
      sound: the places of its pages.
    """
    with Splice(open(path, "rb"), [sound]) as inside:
        end, _ = ogg.undamaged(inside)
    before = open_parts(path, [sound[:end]], missing=opened.missing)
    if before is None:  # no page of sound is left
        return dataclasses.replace(opened, frames=0)
    opened.file.close()
    return before


def _open_late_mpeg(path: str | os.PathLike) -> Opened | None:
    """Opens MPEG behind what is none."""
    whole = range(os.path.getsize(path))
    stream = mpeg.read_stream(_read(path, whole), IN_A_ROW)
    if stream is None:
        return None
    sound = whole[stream.begin :]
    opened = open_parts(path, [sound])
    return _count_mpeg(opened.file, path, sound) if opened else None


def _count_mpeg(
    file: soundfile.SoundFile, path: str | os.PathLike, sound: range
) -> Opened | None:
    """Returns MPEG with the number of frames that there are; None if none are.

    libsndfile takes for MPEG what has the name of it.

    Args:
      file: it, opened, with a number that may be a guess.
      path: of the file.
      sound: the places of its frames, and of tags around them.
    """
    missing = missing_bytes(path)
    data = _read(path, sound)
    if not data:
        return Opened(file, file.frames, missing, exact=False)
    stream = mpeg.read_stream(data, IN_A_ROW)
    if stream is None:
        file.close()
        return None
    if not stream.frames:
        return Opened(file, 0, max(missing, stream.missing))
    begin, start, end = (
        sound.start + place
        for place in (stream.begin, stream.start, stream.end)
    )
    behind = len(data) - stream.end > FEW_BEHIND
    told = stream.told >= stream.frames
    parts: list[Part] = []
    if told:
        parts = [range(begin, end)] if behind else []
    elif file.frames < stream.samples and mpeg.can_be_counted(stream):
        parts = [mpeg.counted(stream), range(start, end)]
    elif behind:
        parts = [range(start, end)]
    if parts and (opened := open_parts(path, parts)):
        file.close()
        file = opened.file
    frames = file.frames if told else min(file.frames, stream.samples)
    return Opened(file, frames, max(missing, stream.missing), exact=False)


def _read(path: str | os.PathLike, places: range) -> bytes:
    """Returns a part of a file, or nothing of one that is too long."""
    with open(path, "rb") as file:
        file.seek(places.start)
        return file.read(len(places)) if len(places) <= MAX_COUNTED else b""
