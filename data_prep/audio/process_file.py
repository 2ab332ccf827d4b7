"""One file to one row of the store. Runs in a child process."""

import dataclasses
import hashlib

import numpy as np

from data_prep.audio import decode, waveform, workers
from data_prep.audio.opened import Opened
from data_prep.audio.scan import is_second_link, why_not_read
from data_prep.selection import duplicates
from data_prep.store.manifest import CUT
from data_prep.store.store import SAMPLE_RATE
from wavegan_cond.storage.checksums import file_sha256

# Read beyond the window: how much leading silence a file may have.
LEAD_SECONDS = 2.0
HEARD = 10 ** (-40 / 20)  # of the peak: what is below is not the sound itself


@dataclasses.dataclass(frozen=True)
class Shape:
    """Settings that bring a sound to a fixed length (paper section 3.3).

    Attributes:
      length: T, samples of a row.
      fade_in: such as ``"16"`` samples or ``"0.1%"`` of the sound.
      fade_out: the same, at the end of the sound.
      trim_leading_silence: cut what lies below -60 dB of the peak in front.
    """

    length: int = 16384
    fade_in: str = "16"
    fade_out: str = "1024"
    trim_leading_silence: bool = True


@dataclasses.dataclass(slots=True)
class Outcome:
    """Result of processing one file.

    Attributes:
      reason: why it gives no sound; empty if it does.
      notes: what was found or done, in words.
      sha256: of the file.
      header: what the file says of itself.
      row: int16 [T].
      content: hash of the decoded samples.
      print: what near-duplicates are found by, see ``duplicates``.
    """

    reason: str = ""
    notes: tuple[str, ...] = ()
    sha256: str = ""
    header: decode.Header = dataclasses.field(default_factory=decode.Header)
    row: np.ndarray | None = None
    content: bytes = b""
    print: np.ndarray | None = None


SECOND = "a link to a folder that is read under another name"


def process(task: tuple[str, str], shape: Shape) -> Outcome:
    """Hashes a file, reads its header and makes its row, as far as wanted.

    Args:
      task: the file, and ``look``, ``header`` or ``decode``. What is only
        looked at is not opened.
      shape: how the row is made.
    """
    path, depth = task
    outcome = Outcome()
    try:
        if is_second_link(path):
            raise decode.Rejected("ignored", SECOND)
        if why := why_not_read(path):
            raise decode.Rejected("unreadable", why)
        if depth != "look":
            outcome.sha256 = file_sha256(path, report=workers.beat)
            with decode.open_sound(path) as file:
                outcome.header = decode.read_header(file)
                if depth == "decode":
                    _add_row(outcome, file, shape)
    except decode.Rejected as rejected:
        outcome.reason = rejected.reason
        outcome.notes += (rejected.note,) if rejected.note else ()
    except OSError as error:
        outcome.reason, outcome.notes = "unreadable", (error.strerror or "",)
    except MemoryError:
        outcome.reason, outcome.notes = "decoder_crash", ("out of memory",)
    return outcome


def shape_sound(wave: np.ndarray, shape: Shape) -> np.ndarray:
    """Brings a decoded sound to a row: cut, faded, peak 1, then padded.

    The peak is set after the fades, so that it is 1 in every row.

    Args:
      wave: float32 [n], mono.
      shape: the settings.

    Returns:
      float32 [T].
    """
    if shape.trim_leading_silence:
        wave = waveform.trim_leading_silence(wave)
    wave = waveform.normalise_peak(_cut_and_fade(wave, shape))
    return waveform.fit_length(wave, shape.length)


def _cut_and_fade(wave: np.ndarray, shape: Shape) -> np.ndarray:
    """Returns what of a sound lies within the window, faded at both ends."""
    wave = wave[: shape.length]
    return waveform.fade(
        wave,
        fade_samples(shape.fade_in, len(wave)),
        fade_samples(shape.fade_out, len(wave)),
    )


def fade_samples(amount: str, length: int) -> int:
    """Returns samples of a fade given as samples or percent of ``length``.

    Raises:
      ValueError: the amount is neither, or negative.
    """
    if amount.endswith("%"):
        samples = round(float(amount[:-1]) / 100 * length)
    else:
        samples = int(amount)
    if samples < 0:
        raise ValueError(amount)
    return samples


def _add_row(outcome: Outcome, file: Opened, shape: Shape) -> None:
    """Decodes ``file`` into ``outcome``.

    Raises:
      decode.Rejected: the file gives no sound.
    """
    seconds = LEAD_SECONDS + shape.length / SAMPLE_RATE
    sound = decode.decode(file, seconds)
    outcome.notes = sound.notes
    body = waveform.trim_leading_silence(sound.wave)
    start = body if shape.trim_leading_silence else sound.wave
    if sound.cut_short and len(start) < shape.length:
        raise decode.Rejected("truncated", "the window is not complete")
    if sound.goes_on and len(start) < shape.length:
        raise decode.Rejected("silent", f"its first {LEAD_SECONDS:g} seconds")
    if len(body) < decode.SHORTEST:
        raise decode.Rejected("too_short", f"{len(body)} samples of sound")
    loudness = np.abs(start)
    behind = loudness[shape.length :].max(initial=0)
    within = np.abs(_cut_and_fade(start, shape)).max()
    if within < HEARD * behind:
        raise decode.Rejected("late", "its hit lies behind the window")
    if not within:
        raise decode.Rejected("silent", "nothing within the window")
    if behind > HEARD * loudness.max():
        outcome.notes += (CUT,)
    row = shape_sound(sound.wave, shape)
    outcome.row = waveform.to_int16(row)
    outcome.content = hashlib.sha256(sound.wave.tobytes()).digest()[:16]
    outcome.print = duplicates.fingerprint(body)
