"""Files that give no sound, and why."""

import io
import zipfile

import numpy as np

from tests.reliability.audio_files import (
    RATE,
    Kind,
    cut,
    encode,
    floats,
    pcm,
    riff,
    scratched,
    wav,
)

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 9\n"
APPLE_DOUBLE = b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(58)
M4A = b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom\0\0\0\0"


def zipped(wave, random):
    """Returns a zip that holds a sound."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("kick.wav", wav(wave))
    return file.getvalue()


def with_value(value: float):
    """Returns a maker of float WAV files that hold one such sample."""

    def make(wave, random):
        spoilt = wave.copy()
        spoilt[random.integers(len(wave))] = value
        return floats(spoilt)

    return make


def late(wave, random):
    """Returns a sound that begins after what is read of it."""
    return wav(np.concatenate([np.zeros(3 * 44100, np.float32), wave]))


def second(wave):
    """Returns a second of sound, enough for several pages and frames."""
    return np.resize(wave, RATE)


def tiled(wave, channels):
    """Returns the same sound in every channel."""
    return np.repeat(wave[:, None], channels, axis=1)


NO_AUDIO = [
    Kind("text", "not_audio", lambda w, r: b"no sound at all\n" * 99),
    Kind("HTML", "not_audio", lambda w, r: b"<!doctype html><p>404" * 99),
    Kind("JSON", "not_audio", lambda w, r: b'{"error": "not found"}' * 99),
    Kind("a Git LFS pointer", "not_audio", lambda w, r: LFS % (b"0" * 64)),
    Kind("a zip", "not_audio", zipped),
    Kind("a PNG", "not_audio", lambda w, r: b"\x89PNG\r\n\x1a\n" + bytes(999)),
    Kind("a PDF", "not_audio", lambda w, r: b"%PDF-1.7\n" + r.bytes(999)),
    Kind("a MIDI file", "not_audio", lambda w, r: b"MThd\0\0\0\6" + bytes(99)),
    Kind("random bytes", "not_audio", lambda w, r: r.bytes(5000)),
    Kind("random MP3", "not_audio", lambda w, r: r.bytes(5000), "{}.mp3"),
    Kind("random FLAC", "not_audio", lambda w, r: r.bytes(5000), "{}.flac"),
    Kind("random SND", "not_audio", lambda w, r: r.bytes(5000), "{}.SND"),
    Kind("bare PCM named AU", "not_audio", lambda w, r: pcm(w), "{}.au"),
    Kind("bare PCM named MP3", "not_audio", lambda w, r: pcm(w), "{}.mp3"),
    Kind("zero bytes", "not_audio", lambda w, r: bytes(5000)),
    Kind("one byte", "not_audio", lambda w, r: b"R"),
    Kind("no bytes", "empty", lambda w, r: b""),
    Kind("bare PCM", "not_audio", lambda w, r: pcm(w)),
    Kind("AAC", "unsupported_format", lambda w, r: M4A, "{}.m4a"),
    Kind("WMA", "unsupported_format", lambda w, r: b"0&\xb2u", "{}.wma"),
    Kind("MP4 named WAV", "unsupported_format", lambda w, r: M4A + bytes(999)),
    Kind("a resource fork", "ignored", lambda w, r: APPLE_DOUBLE, "._{}.wav"),
    Kind("a hidden file", "ignored", lambda w, r: wav(w), ".{}.wav"),
    Kind("what macOS adds", "ignored", lambda w, r: wav(w), "__MACOSX/{}.wav"),
    Kind("an index", "ignored", lambda w, r: b"ableton", "{}.wav.asd"),
    Kind("a text file", "ignored", lambda w, r: b"read me", "{}.txt"),
]
HEADERS = [
    *(
        Kind(f"a WAV of {n} bytes", "not_audio", lambda w, r, n=n: wav(w)[:n])
        for n in (4, 8, 12, 20, 30, 36)
    ),
    Kind("a WAV without data", "truncated", lambda w, r: wav(w)[:44]),
    Kind("a WAV without format", "not_audio", lambda w, r: riff(pcm(w))),
    Kind("rate 0", "not_audio", lambda w, r: wav(w, rate=0)),
    Kind("rate 1", "bad_rate", lambda w, r: wav(w, rate=1)),
    Kind("rate 7999", "bad_rate", lambda w, r: wav(w, rate=7999)),
    Kind("rate 384001", "bad_rate", lambda w, r: wav(w, rate=384001)),
    Kind("rate 2^31-1", "bad_rate", lambda w, r: wav(w, rate=2**31 - 1)),
    Kind("rate 2^32-1", "not_audio", lambda w, r: wav(w, rate=2**32 - 1)),
    Kind("0 channels", "not_audio", lambda w, r: wav(w, channels=0)),
    Kind(
        "9 channels",
        "too_many_channels",
        lambda w, r: wav(tiled(w, 9), channels=9),
    ),
    Kind("65535 channels", "not_audio", lambda w, r: wav(w, channels=65535)),
    Kind("0 bits", "unsupported_format", lambda w, r: wav(w, bits=0)),
    Kind("64 bits", "unsupported_format", lambda w, r: wav(w, bits=64)),
    Kind(
        "unknown coding", "unsupported_format", lambda w, r: wav(w, code=0x777)
    ),
    Kind("AAC in WAV", "unsupported_format", lambda w, r: wav(w, code=0xFF)),
    Kind(
        "no subformat", "unsupported_format", lambda w, r: wav(w, code=0xFFFE)
    ),
    Kind("0 frames, WAV", "empty", lambda w, r: wav(w[:0])),
    Kind(
        "0 frames, AIFF", "empty", lambda w, r: encode(w[:0], "AIFF"), "{}.aif"
    ),
    Kind(
        "0 frames, FLAC", "empty", lambda w, r: encode(w[:0], "FLAC"), "{}.flac"
    ),
    Kind("0 frames, OGG", "empty", lambda w, r: encode(w[:0], "OGG"), "{}.ogg"),
]
SAMPLES = [
    Kind("1 sample", "too_short", lambda w, r: wav(w[:1] * 0 + 0.5)),
    Kind("63 samples", "too_short", lambda w, r: wav(w[200:263])),
    Kind("NaN", "non_finite", with_value(np.nan)),
    Kind("Inf", "non_finite", with_value(np.inf)),
    Kind("-Inf", "non_finite", with_value(-np.inf)),
    Kind("nothing but NaN", "non_finite", lambda w, r: floats(w * np.nan)),
    Kind("silence", "silent", lambda w, r: wav(w * 0)),
    Kind(
        "silence, FLAC", "silent", lambda w, r: encode(w * 0, "FLAC"), "{}.flac"
    ),
    Kind("-80 dB", "silent", lambda w, r: encode(w * 1e-4, "WAV", "PCM_24")),
    Kind("a constant", "silent", lambda w, r: wav(w * 0 + 0.5)),
    Kind("sound after 3 s", "silent", late),
]
PARTS = [
    Kind("half a WAV", "truncated", lambda w, r: cut(wav(w), 0.5)),
    Kind("half a float WAV", "truncated", lambda w, r: cut(floats(w), 0.5)),
    *(
        Kind(
            f"half a {name}",
            reason,
            lambda w, r, name=name: cut(encode(w, name), 0.5),
            f"{{}}.{name.lower()}",
        )
        for name, reason in (
            ("AIFF", "truncated"),
            ("AU", "truncated"),
            ("CAF", "truncated"),
            ("FLAC", "unreadable"),
            ("OGG", "unreadable"),
            ("RF64", "truncated"),
            ("W64", "truncated"),
        )
    ),
    *(
        Kind(
            f"a scratch in {name} at {place}",
            reason,
            lambda w, r, name=name, place=place: scratched(
                encode(second(w), name), r, place
            ),
            f"{{}}.{name.lower()}",
        )
        for name, place, reason in (
            ("FLAC", 0.2, "truncated"),
            ("MP3", 0.1, "truncated"),
            ("MP3", 0.2, "truncated"),
            ("OGG", 0.5, "truncated"),
        )
    ),
    Kind(
        "half an OGG of a second",
        "truncated",
        lambda w, r: cut(encode(second(w), "OGG"), 0.5),
        "{}.ogg",
    ),
    Kind(
        "a third of an MP3",
        "truncated",
        lambda w, r: cut(encode(second(w), "MP3"), 0.3),
        "{}.mp3",
    ),
    Kind(
        "a header of FLAC",
        "unreadable",
        lambda w, r: encode(w, "FLAC")[:20],
        "{}.flac",
    ),
    Kind(
        "a header of OGG",
        "unreadable",
        lambda w, r: encode(w, "OGG")[:99],
        "{}.ogg",
    ),
]
KINDS = [*NO_AUDIO, *HEADERS, *SAMPLES, *PARTS]
