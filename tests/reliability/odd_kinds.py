"""Files that are odd and yet hold a sound, and what is noted of them."""

import numpy as np

from tests.reliability.audio_files import (
    RATE,
    Kind,
    chunk,
    cut,
    encode,
    floats,
    form,
    pcm,
    riff,
    wav,
)

LIST = b"INFOISFT\x06\0\0\0Lavf60"
EXTENSIBLE = b"\x16\0\x10\0\4\0\0\0\1\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"


def tiled(wave, channels):
    """Returns the same sound in every channel."""
    return np.repeat(wave[:, None], channels, axis=1)


def padded(wave, before, after=0):
    """Returns a sound with silence around it."""
    return np.pad(wave, (int(before * RATE), int(after * RATE)))


def extensible(wave, random):
    """Returns a WAV file whose format is told by a GUID."""
    said = form(code=0xFFFE)[8:] + EXTENSIBLE
    return riff(chunk(b"fmt ", said), chunk(b"data", pcm(wave)))


def ogg_in_wav(wave, random):
    """Returns a WAV file that holds an Ogg file in the place of samples."""
    return riff(form(code=0x674F), chunk(b"data", encode(wave, "OGG")))


def uncounted_mp3(wave, random):
    """Returns an MP3 file without the frame, the first, that has a count."""
    whole = encode(wave, "MP3")
    return whole[whole.index(whole[:2], 100) :]


def tagged_mp3(wave, random):
    """Returns an MP3 file behind an ID3 tag of 70 kB, a cover picture's."""
    size = bytes([0, 4, 35, 0])  # 70,016 in four times seven bits
    return b"ID3\3\0\0" + size + bytes(70016) + encode(wave, "MP3")


def written(format, subtype=None, file="{}.wav", rate=RATE, note=""):
    """Returns the kind that libsndfile writes."""
    return Kind(
        " ".join(filter(None, [format, subtype, f"{rate} Hz"])),
        "",
        lambda w, r: encode(w, format, subtype, rate),
        file,
        note=note,
    )


FORMATS = [
    *(written("WAV", f"PCM_{bits}") for bits in ("U8", "16", "24", "32")),
    *(written("WAV", kind) for kind in ("FLOAT", "DOUBLE", "ULAW", "ALAW")),
    *(written("WAV", kind) for kind in ("IMA_ADPCM", "MS_ADPCM", "GSM610")),
    *(written("AIFF", f"PCM_{bits}", "{}.aif") for bits in ("S8", "16", "24")),
    *(written("FLAC", f"PCM_{bits}", "{}.flac") for bits in ("S8", "16", "24")),
    *(written(name, None, "{}.wav") for name in ("W64", "RF64", "WAVEX")),
    *(
        written(name, None, f"{{}}.{name.lower()}")
        for name in ("AU", "CAF", "VOC", "SVX", "NIST", "PAF", "AVR")
    ),
    written("OGG", "VORBIS", "{}.ogg"),
    written("OGG", "OPUS", "{}.opus", 48000),
    written("MP3", None, "{}.mp3"),
    written("MP3", None, "{}.wav"),
    written("FLAC", None, "{}.mp3"),
    written("WAV", None, "{}.AIFF"),
    written("WAV", None, "{}.wav", 8000, note="cut"),  # 5.5 times as long
    written("WAV", None, "{}.wav", 22050),
    written("WAV", None, "{}.wav", 384000),
]
HEADERS = [
    *(
        Kind(f"data of {size:#x} bytes", "", lambda w, r, n=size: wav(w, n))
        for size in (0x7FFFF000, 0x7FFFFFFF, 0x80000000, 2**32 - 37)
    ),
    Kind("data of 0 bytes", "", lambda w, r: wav(w, 0), note="unclosed"),
    Kind("Ogg in WAV", "", ogg_in_wav),
    Kind(
        "a bad PEAK",
        "",
        lambda w, r: riff(form(), chunk(b"PEAK", b"?"), chunk(b"data", pcm(w))),
    ),
    Kind("data of 2^32-1 bytes", "", lambda w, r: wav(w, claim=2**32 - 1)),
    Kind("block of 0", "", lambda w, r: wav(w, align=0)),
    Kind("a GUID for a format", "", extensible),
    Kind(
        "a chunk of odd size",
        "",
        lambda w, r: riff(
            form(), chunk(b"junk", b"123"), chunk(b"data", pcm(w))
        ),
    ),
    Kind(
        "a chunk behind",
        "",
        lambda w, r: riff(form(), chunk(b"data", pcm(w)), chunk(b"LIST", LIST)),
    ),
    Kind("bytes behind", "", lambda w, r: wav(w) + r.bytes(999)),
    Kind("an ID3 tag in front", "", tagged_mp3, "{}.mp3"),
    Kind("MP3 without a count", "", uncounted_mp3, "{}.mp3"),
    Kind(
        "2 s, half missing",
        "",
        lambda w, r: cut(wav(padded(w, 0, 2)), 0.5),
        note="truncated",
    ),
    Kind("ten minutes", "", lambda w, r: wav(padded(w, 0, 600))),
]
SAMPLES = [
    Kind(
        "anti-phase",
        "",
        lambda w, r: wav(np.stack([w, -w], 1), channels=2),
        note="antiphase",
    ),
    Kind(
        "a constant added",
        "",
        lambda w, r: floats(0.5 * w + 0.4),
        note="dc_removed",
    ),
    Kind("peak 55", "", lambda w, r: floats(55 * w), note="over_full_scale"),
    Kind(
        "peak 1e30", "", lambda w, r: floats(1e30 * w), note="over_full_scale"
    ),
    Kind("-55 dB", "", lambda w, r: floats(2e-3 * w)),
    Kind(
        "one channel silent",
        "",
        lambda w, r: wav(np.stack([w, 0 * w], 1), channels=2),
    ),
    Kind("8 channels", "", lambda w, r: wav(tiled(w, 8), channels=8)),
    Kind("64 samples", "", lambda w, r: wav(r.uniform(-0.9, 0.9, 64))),
    Kind(  # each half the other's opposite: together they have no offset
        "clipped", "", lambda w, r: wav(np.clip(20 * np.append(w, -w), -1, 1))
    ),
    Kind("2 s of silence before", "", lambda w, r: wav(padded(w, 2))),
    Kind(
        "denormal floats behind",
        "",
        lambda w, r: floats(np.append(w, [1e-40] * 999)),
    ),
]
NAMES = [
    Kind(f"named {name!r}", "", lambda w, r: wav(w), name)
    for name in (
        "{} ümläut é.wav",
        "{} e\u0301 decomposed.wav",
        "{} \U0001f941.wav",
        "{} ドラム.wav",
        "{}\n.wav",
        '{} "quoted", comma;.wav',
        "-{}.wav",
        "{} %s %d \\.wav",
        "{}.wav.wav",
        "{} " + "x" * 230 + ".wav",
        "{} \udcff.wav",
        "folder.wav/{}.wav",
        "a/b/c/d/e/f/g/{}.wav",
    )
]
KINDS = [*FORMATS, *HEADERS, *SAMPLES, *NAMES]
