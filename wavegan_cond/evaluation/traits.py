"""Traits of single drums: a falling pitch, partials, one decay.

Each value is of one sound and has a meaning by itself, so that a report can
say what share of the sounds have a trait, beside that of real ones.
"""

import numpy as np
from scipy.ndimage import median_filter, uniform_filter1d
from scipy.signal import find_peaks, hilbert

from wavegan_cond.evaluation.artifacts import power_spectra, to_decibels
from wavegan_cond.evaluation.features import SAMPLE_RATE, measure_each

NAMES = ("fall", "partials", "swells", "begins_cut")
FRAME, HOP = 1024, 256  # samples, in which pitch is looked for
PITCH = (25.0, 1000.0)  # Hz, where a drum's strongest tone may be
PADDED = 4  # times its length, by zeros behind it, a frame is as long
HEARD_DB = 20.0  # below its loudest frame a tone is no longer followed
LINE_DB = 12.0  # over its surroundings, a bin is a partial
AROUND = 129  # bins of a spectrum that say what its surroundings are
SMOOTHING = 0.02  # s, over which the level is taken
SETTLED = 0.06  # s, after which a drum does not rise again
RISE_DB = 6.0  # by so much is a swell
RANGE_DB = 40.0  # below the peak, no rise is heard
CUT = 0.05  # of the peak: a first sample above it is a click


def traits(
    waveforms: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> dict[str, np.ndarray]:
    """Returns four values of every sound, each float64 [N].

    ``fall``: octaves from its first pitch to its last, of use for kicks.
    ``partials``: lines in its spectrum, of use for cymbals. ``swells``: 1 if it
    rises again. ``begins_cut``: 1 if its first sample is above 5 % of its peak.
    Gain means nothing to them; of silence all are 0.

    Args:
      waveforms: [N, T] as ``features.each_chunk`` takes them.
      sample_rate: in Hz.

    Raises:
      FeatureError: not [N, T], no samples, or not finite.
    """

    def describe(piece: np.ndarray) -> dict[str, np.ndarray]:
        size = np.abs(piece)
        return {
            "fall": pitch_fall(piece, sample_rate),
            "partials": count_partials(piece),
            "swells": rise_again(piece, sample_rate) >= RISE_DB,
            "begins_cut": size[:, 0] > CUT * size.max(axis=1),
        }

    return measure_each(describe, waveforms, NAMES)


def summarise(values: dict[str, np.ndarray]) -> dict[str, float]:
    """Returns the medians of fall and partials, and the other two's shares."""
    return {
        "fall": float(np.median(values["fall"])),
        "partials": float(np.median(values["partials"])),
        "swells": float(values["swells"].mean()),
        "begins_cut": float(values["begins_cut"].mean()),
    }


def pitch_fall(
    waveforms: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> np.ndarray:
    """Returns how far the strongest tone falls, in octaves, [N].

    The strongest frequency from 25 to 1000 Hz in a first frame of 23 ms, over
    that in the last frame, of those within 20 dB of the loudest one. Half of
    all real kicks fall by more than 1.3 octaves; ``descriptors.glide`` compares
    the halves of the energy, and misses the first few milliseconds.

    Args:
      waveforms: float32 [N, T].
      sample_rate: in Hz.
    """
    missing = max(0, FRAME - waveforms.shape[1])
    padded = np.pad(waveforms, ((0, 0), (0, missing)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME, axis=1)
    frames = frames[:, ::HOP] * np.hanning(FRAME)
    size = PADDED * FRAME
    low, high = (round(hertz * size / sample_rate) for hertz in PITCH)
    power = np.abs(np.fft.rfft(frames, size)[..., low - 1 : high + 2]) ** 2
    bins = 1 + power[..., 1:-1].argmax(axis=2)
    loudest, place = top_of_parabola(power, bins)
    heard = loudest >= 10 ** (-HEARD_DB / 10) * loudest.max(axis=1)[:, None]
    first = heard.argmax(axis=1)
    last = heard.shape[1] - 1 - heard[:, ::-1].argmax(axis=1)
    pitch, rows = low - 1 + place, np.arange(len(place))
    return np.log2(pitch[rows, first] / pitch[rows, last])


def top_of_parabola(
    power: np.ndarray, bins: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Returns power at some bins, and where between the bins the peaks are.

    Args:
      power: [..., bins].
      bins: int [...], neither the first nor the last.
    """
    beside = bins[..., None] + np.arange(-1, 2)
    level = np.log(np.take_along_axis(power, beside, axis=-1) + 1e-30)
    left, middle, right = np.moveaxis(level, -1, 0)
    bend = np.minimum(left - 2 * middle + right, -1e-9)
    shift = np.clip((left - right) / (2 * bend), -0.5, 0.5)
    return np.exp(middle), bins + shift


def count_partials(waveforms: np.ndarray) -> np.ndarray:
    """Returns how many lines a spectrum has, int64 [N].

    Bins under a Hann window that are higher than the bins beside them and 12
    dB above the median of the 129 bins around. White noise has none or one.

    Args:
      waveforms: float32 [N, T].
    """
    found = [
        len(find_peaks(level, median_filter(level, AROUND) + LINE_DB)[0])
        for power in power_spectra(waveforms)
        for level in to_decibels(power)
    ]
    return np.array(found, int)


def rise_again(
    waveforms: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> np.ndarray:
    """Returns by how much a sound rises again after 60 ms, in dB, [N].

    The largest rise from any level to a later one; the level is the analytic
    signal's mean power over 20 ms, at least 40 dB below its peak.

    Args:
      waveforms: float32 [N, T].
      sample_rate: in Hz.
    """
    length = waveforms.shape[1]
    power = np.abs(hilbert(waveforms, 2 * length, axis=1)[:, :length]) ** 2
    width = max(1, round(SMOOTHING * sample_rate))
    power = uniform_filter1d(np.float64(power), width, mode="constant")
    floor = 10 ** (-RANGE_DB / 10) * power.max(axis=1, keepdims=True)
    level = 10 * np.log10(np.maximum(power, np.maximum(floor, 1e-30)))
    late = level[:, min(round(SETTLED * sample_rate), length - 1) :]
    return (late - np.minimum.accumulate(late, axis=1)).max(axis=1)
