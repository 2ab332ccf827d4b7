"""One untrusted sound file to float32 mono at 44.1 kHz, or the reason why not.

What audio libraries accept in silence is checked here: data that ends before
the header says, NaN, channels that cancel, a sample rate of 1. Only the first
seconds of a file are read, so an hour costs what a second costs.

libsndfile is C code that has had memory errors: call ``decode`` in a child
process (``workers.run_ordered``).
"""

import dataclasses
import math
import os

import numpy as np
import soundfile
import soxr

from data_prep.audio import waveform
from data_prep.audio.formats import codings
from data_prep.audio.offset import remove_offset
from data_prep.audio.opened import Opened
from data_prep.audio.opening import open_content
from data_prep.store.store import SAMPLE_RATE

RATES = (8000, 384000)
MAX_CHANNELS = 8
LOUDEST = 1e35  # of floats of any scale; resampling larger ones overflows
SILENT_PEAK = 10 ** (-60 / 20)
SHORTEST = 64  # samples of sound, at 44.1 kHz

EXTENSIONS = frozenset(
    "wav wave bwf aif aiff aifc flac ogg oga opus mp3 mp2 au snd caf w64 rf64 "
    "voc svx 8svx iff paf avr htk sf nist sph wve sd2 mpc2k xi".split()
)
UNSUPPORTED = frozenset(
    "m4a mp4 aac wma ape wv mpc ac3 amr alac mka webm ra tta shn".split()
)


class Rejected(Exception):
    """A file gives no sound; carries a reason of ``manifest.REASONS``."""

    def __init__(self, reason: str, note: str = ""):
        super().__init__(reason, note)
        self.reason, self.note = reason, note


@dataclasses.dataclass(frozen=True)
class Header:
    """Format, length and rate that a file's header states."""

    rate: int = 0
    channels: int = 0
    frames: int = 0
    format: str = ""  # such as "WAV PCM_16"


@dataclasses.dataclass(frozen=True, eq=False)
class Decoded:
    """The start of a decoded file.

    Attributes:
      wave: float32 [n], mono, 44.1 kHz.
      notes: what was found or done: ``antiphase``, ``dc_removed``,
        ``truncated``, ``unclosed``, ``over_full_scale``.
      cut_short: the file ends, inside what was read, before its header says.
      goes_on: the file is longer than what was read.
    """

    wave: np.ndarray
    notes: tuple[str, ...]
    cut_short: bool
    goes_on: bool


def open_sound(path: str | os.PathLike) -> Opened:
    """Opens a sound file by its content, whatever its name says.

    Raises:
      Rejected: it cannot be opened as sound.
    """
    try:
        if opened := open_content(path):
            return opened
        with open(path, "rb") as file:
            reason, note = codings.explain(file)
    except OSError as error:
        raise Rejected("unreadable", error.strerror or "") from error
    raise Rejected(reason, note)


def read_header(opened: Opened) -> Header:
    """Returns what an opened file says of itself."""
    file = opened.file
    return Header(
        rate=file.samplerate,
        channels=file.channels,
        frames=opened.frames,
        format=f"{file.format} {file.subtype}",
    )


def decode(opened: Opened, seconds: float) -> Decoded:
    """Decodes the first ``seconds`` of an opened file.

    Raises:
      Rejected: with the reason why it gives no sound.
    """
    header = read_header(opened)
    _check_header(header, opened.missing)
    enough = math.ceil(seconds * header.rate)
    wanted = min(header.frames, enough)
    samples = _read(opened, wanted)
    short = opened.exact and len(samples) < wanted
    notes = list(opened.notes)
    if opened.missing or short:
        notes.append("truncated")
    wave = _to_mono(samples, header.rate, notes)
    return Decoded(
        wave=resample(wave, header.rate),
        notes=tuple(notes),
        cut_short=short or (opened.missing > 0 and len(samples) < enough),
        goes_on=header.frames > enough,
    )


def _read(opened: Opened, frames: int) -> np.ndarray:
    """Returns the first ``frames``, or those in front of damage."""
    try:
        return opened.file.read(frames, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        before = opened.before_damage and opened.before_damage(frames)
        if not before:
            raise Rejected("unreadable", "its data is corrupt") from error
    with before:
        return _read(before, before.frames)


def resample(wave: np.ndarray, rate: int) -> np.ndarray:
    """Brings mono sound to 44.1 kHz with a band-limited resampler.

    The same call as ``librosa.resample(res_type="soxr_hq")``, without the
    seconds that importing librosa takes.

    Args:
      wave: float32 [n].
      rate: of ``wave``, in Hz.

    Returns:
      float32 [ceil(n * 44100 / rate)].
    """
    if rate == SAMPLE_RATE:
        return wave
    length = math.ceil(len(wave) * SAMPLE_RATE / rate)
    resampled = soxr.resample(wave, rate, SAMPLE_RATE, quality="HQ")
    return waveform.fit_length(resampled, length)


def _check_header(header: Header, missing: int) -> None:
    if header.frames == 0 and missing:
        raise Rejected("truncated", "the end of the file is missing")
    if header.frames == 0:
        raise Rejected("empty", "a header without samples")
    if not RATES[0] <= header.rate <= RATES[1]:
        raise Rejected("bad_rate", f"{header.rate} Hz")
    if not 1 <= header.channels <= MAX_CHANNELS:
        raise Rejected("too_many_channels", str(header.channels))
    if header.frames * SAMPLE_RATE < SHORTEST * header.rate:
        raise Rejected("too_short", f"{header.frames} samples")


def _to_mono(samples: np.ndarray, rate: int, notes: list[str]) -> np.ndarray:
    """Returns checked mono [n] of ``samples`` [n, channels]; adds notes."""
    if not len(samples):
        raise Rejected("truncated", "no sample could be read")
    peak = np.abs(samples).max()
    if not peak < LOUDEST:  # nan is not
        raise Rejected("non_finite", f"samples of {peak:g}, NaN or infinite")
    if peak > 1:
        notes.append("over_full_scale")
    samples, removed = remove_offset(samples, rate)
    if removed:
        notes.append("dc_removed")
    wave, note = waveform.mix_to_mono(samples)
    if note:
        notes.append(note)
    if np.abs(wave).max() < SILENT_PEAK:
        raise Rejected("silent", "peak below -60 dB of full scale")
    return wave
