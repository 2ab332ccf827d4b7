"""Files that give no sound, and why."""

import numpy as np

from tests.fixtures.foreign_bytes import NOT_AUDIO, UNSUPPORTED
from tests.fixtures.sound_bytes import encode, pcm, riff, wav
from tests.reliability.audio_files import (
    RATE,
    Kind,
    cut,
    floats,
    tiled,
)


def bad(reason, contents, file="{}.wav"):
    """Returns the kinds of a table, each with the reason and the file's name.

    Args:
      reason: of the manifest.
      contents: name -> bytes, or what makes them as ``Kind`` has it.
      file: name of the file, around a number.
    """
    return [
        Kind(
            name,
            made if callable(made) else lambda w, r, made=made: made,
            file,
            reason,
        )
        for name, made in contents.items()
    ]


def with_value(value: float):
    """Returns a maker of float WAV files that hold one such sample."""

    def make(wave, random):
        spoilt = wave.copy()
        spoilt[random.integers(len(wave))] = value
        return floats(spoilt)

    return make


def late(wave, random):
    """Returns a sound that begins after what is read of it."""
    return wav(np.concatenate([np.zeros(3 * RATE, np.float32), wave]))


def part(format, share):
    """Returns a maker of the first part of a file."""
    return lambda w, r: cut(encode(format, w), share)


def part_of_a_second(format, share):
    """Returns the same of a second: of several pages and frames."""
    return lambda w, r: cut(encode(format, np.resize(w, RATE)), share)


def scratch(format, place):
    """Returns a maker of a second with random bytes over a tenth of it."""

    def make(wave, random):
        content = encode(format, np.resize(wave, RATE))
        start, length = int(place * len(content)), len(content) // 10
        end = start + length
        return content[:start] + random.bytes(length) + content[end:]

    return make


NO_AUDIO = [
    *bad("not_audio", NOT_AUDIO),
    *bad("unsupported_format", UNSUPPORTED),
    *bad("empty", {"no bytes": b""}),
    *bad("unsupported_format", {"WMA": b"0&\xb2u"}, "{}.wma"),
    *bad("ignored", {"what Finder adds": bytes(99)}, "._{}.wav"),
    *bad("ignored", {"a hidden file": wav()}, ".{}.wav"),
    *bad("ignored", {"what macOS adds": wav()}, "__MACOSX/{}.wav"),
    *bad("ignored", {"an index": b"ableton"}, "{}.wav.asd"),
    *bad("ignored", {"a text file": b"read me"}, "{}.txt"),
]
HEADERS = [
    *bad(
        "not_audio",
        {
            **{
                f"a WAV of {n} bytes": wav()[:n] for n in (4, 8, 12, 20, 30, 36)
            },
            "a WAV without format": riff(pcm()),
            "rate 0": wav(rate=0),
            "rate 2^32-1": wav(rate=2**32 - 1),
            "0 channels": wav(channels=0),
            "65535 channels": wav(channels=65535),
        },
    ),
    *bad(
        "bad_rate",
        {f"rate {n}": wav(rate=n) for n in (1, 7999, 384001, 2**31 - 1)},
    ),
    *bad(
        "too_many_channels",
        {"9 channels": lambda w, r: wav(tiled(w, 9), channels=9)},
    ),
    *bad(
        "unsupported_format",
        {"0 bits": wav(bits=0), "no subformat": wav(tag=0xFFFE)},
    ),
    *bad("truncated", {"a WAV without data": wav()[:44]}),
    *bad("unreadable", {"a CAF without data": encode("CAF")[:3000]}, "{}.caf"),
    *bad(
        "empty",
        {
            f"0 frames, {name}": encode(name, np.zeros(0))
            for name in ("WAV", "AIFF", "FLAC", "OGG")
        },
    ),
]
SAMPLES = [
    *bad(
        "too_short",
        {
            "1 sample": wav(np.full(1, 0.5)),
            "63 samples": lambda w, r: wav(w[200:263]),
        },
    ),
    *bad(
        "non_finite",
        {
            **{str(n): with_value(n) for n in (np.nan, np.inf, -np.inf)},
            "nothing but NaN": lambda w, r: floats(w * np.nan),
        },
    ),
    *bad(
        "silent",
        {
            "silence": lambda w, r: wav(w * 0),
            "silence, FLAC": lambda w, r: encode("FLAC", w * 0),
            "-80 dB": lambda w, r: encode("WAV", w * 1e-4, "PCM_24"),
            "a constant": lambda w, r: wav(w * 0 + 0.5),
            "sound after 3 s": late,
        },
    ),
]
PARTS = [
    *bad(
        "truncated",
        {
            **{
                f"half a {name}": part(name, 0.5)
                for name in ("WAV", "AIFF", "AU", "CAF", "RF64", "W64")
            },
            "half a float WAV": lambda w, r: cut(floats(w), 0.5),
            "half a second, OGG": part_of_a_second("OGG", 0.5),
            "a third of a second, MP3": part_of_a_second("MP3", 0.3),
            **{
                f"a scratch in {name} at {place}": scratch(name, place)
                for name, place in (
                    ("FLAC", 0.2),
                    ("MP3", 0.1),
                    ("MP3", 0.2),
                    ("OGG", 0.5),
                )
            },
        },
    ),
    *bad(
        "unreadable",
        {
            "half a FLAC": part("FLAC", 0.5),
            "half an OGG": part("OGG", 0.5),
            "a header of FLAC": encode("FLAC")[:20],
            "a header of OGG": encode("OGG")[:99],
        },
    ),
]
KINDS = [*NO_AUDIO, *HEADERS, *SAMPLES, *PARTS]
