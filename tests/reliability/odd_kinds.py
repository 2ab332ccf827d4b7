"""Files that are odd and yet hold a sound, and what is noted of them."""

import numpy as np

from tests.fixtures.mpeg_files import id3, without_count
from tests.fixtures.sound_bytes import (
    chunk,
    encode,
    extensible,
    form,
    pcm,
    riff,
    wav,
    wav_around,
)
from tests.reliability.audio_files import RATE, Kind, cut, floats, tiled

LIST = b"INFOISFT\x06\0\0\0Lavf60"
PCM = b"\1\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"  # a GUID


def padded(wave, before, after=0):
    """Returns a sound with silence around it."""
    return np.pad(wave, (int(before * RATE), int(after * RATE)))


def stereo(left, right):
    """Returns a WAV file of two channels."""
    return wav(np.stack([left, right], 1), channels=2)


def written(format, subtype=None, file="{}.wav", rate=RATE, note=""):
    """Returns the kind that libsndfile writes."""
    return Kind(
        " ".join(filter(None, [format, subtype, f"{rate} Hz", file[3:]])),
        lambda w, r: encode(format, w, subtype, rate),
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
    Kind("data of 2^32-1 bytes", lambda w, r: wav(w, 2**32 - 1)),
    Kind("data of 0 bytes", lambda w, r: wav(w, 0), note="unclosed"),
    Kind("Ogg in WAV", lambda w, r: wav_around(encode("OGG", w), 0x674F)),
    Kind(
        "a chunk behind",
        lambda w, r: riff(form(), chunk(b"data", pcm(w)), chunk(b"LIST", LIST)),
    ),
    Kind("block of 0", lambda w, r: wav(w, block=0)),
    Kind("a GUID for a format", lambda w, r: extensible(PCM, w)),
    Kind("bytes behind", lambda w, r: wav(w) + r.bytes(999)),
    Kind("a tag in front", lambda w, r: id3(70016) + encode("MP3", w)),
    Kind("MP3 without a count", lambda w, r: without_count(encode("MP3", w))),
    Kind(
        "2 s, half missing",
        lambda w, r: cut(wav(padded(w, 0, 2)), 0.5),
        note="truncated",
    ),
    Kind("ten minutes", lambda w, r: wav(padded(w, 0, 600))),
]
SAMPLES = [
    Kind("anti-phase", lambda w, r: stereo(w, -w), note="antiphase"),
    Kind(
        "a constant added",
        lambda w, r: floats(0.5 * w + 0.4),
        note="dc_removed",
    ),
    *(
        Kind(
            f"peak {peak:g}",
            lambda w, r, peak=peak: floats(peak * w),
            note="over_full_scale",
        )
        for peak in (55, 1e30)
    ),
    Kind("-55 dB", lambda w, r: floats(2e-3 * w)),
    Kind("one channel silent", lambda w, r: stereo(w, 0 * w)),
    Kind("8 channels", lambda w, r: wav(tiled(w, 8), channels=8)),
    Kind("64 samples", lambda w, r: wav(r.uniform(-0.9, 0.9, 64))),
    Kind(  # each half the other's opposite: together they have no offset
        "clipped", lambda w, r: wav(np.clip(20 * np.append(w, -w), -1, 1))
    ),
    Kind("2 s of silence before", lambda w, r: wav(padded(w, 2))),
    Kind(
        "denormal floats behind",
        lambda w, r: floats(np.append(w, [1e-40] * 999)),
    ),
]
NAMES = [
    Kind(f"named {name!r}", lambda w, r: wav(w), name)
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
