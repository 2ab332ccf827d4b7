"""What a producer hears first: clicks, offset, clipping, double hits, hiss.

A drum one-shot begins and ends at zero, hits once, and is silent before and
after. Each value is of one sound, so that a report can give quantiles.
"""

import numpy as np
from scipy.signal import find_peaks

from wavegan_cond.evaluation.features import (
    MELS,
    SAMPLE_RATE,
    WINDOW,
    FeatureError,
    mel_energies,
    of_each,
)

NAMES = (
    "first",
    "last",
    "dc",
    "clipped",
    "onsets",
    "noise_floor_db",
    "pre_echo_db",
)
# A clean short sound is within all of these and hits once.
LIMITS = {
    "first": 0.01,
    "last": 0.01,
    "dc": 0.005,  # either sign
    "clipped": 0.001,
    "noise_floor_db": -90.0,  # one step of 16 bits
    "pre_echo_db": -25.0,
}
FULL_SCALE = 0.999
LOWEST_DB = -120.0
TAIL = 0.1  # of the sound, its end: where the noise floor is read
ONSET = 0.1  # of the peak: what comes before is pre-echo

# Of the onsets. Chosen on real drums; among 482 others they count one hit in
# 96 %, and more in 93 % where a copy as loud follows after 100 ms.
BANDS = 8  # of 12 mels each
HEARD_DB = 40.0  # below the loudest cell, no rise is heard
LAG = 4  # frames that a rise takes: 12 ms at 44.1 kHz
RISE_DB = 3.0  # mean over the bands
APART = 12  # frames: 35 ms at 44.1 kHz, so that flams and claps are one hit


def hygiene(
    waveforms: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> dict[str, np.ndarray]:
    """Returns seven values of every sound, each float64 [N].

    ``first``, ``last``: |x| of the first and the last sample, linear.
    ``dc``: the mean of x. ``clipped``: the share of samples above 0.999; one
    or two are the peak of a normalised sound. ``onsets``: how many hits.
    ``noise_floor_db``: what varies in the last tenth, in dB re the peak; of a
    long sound it is the sound itself. ``pre_echo_db``: the energy before |x|
    first reaches a tenth of its peak, in dB re all of it. Decibels end at
    -120, which is digital silence.

    Args:
      waveforms: [N, T] as ``features.log_mel`` takes them.
      sample_rate: in Hz.

    Raises:
      FeatureError: not [N, T], no samples, or not finite.
    """

    def inspect(piece: np.ndarray) -> dict[str, np.ndarray]:
        return {
            "first": np.abs(piece[:, 0]),
            "last": np.abs(piece[:, -1]),
            "dc": piece.mean(axis=1, dtype=np.float64),
            "clipped": (np.abs(piece) > FULL_SCALE).mean(axis=1),
            "onsets": count_onsets(piece, sample_rate),
            "noise_floor_db": noise_floor(piece),
            "pre_echo_db": pre_echo(piece),
        }

    return of_each(inspect, waveforms, NAMES)


def summarise(values: dict[str, np.ndarray]) -> dict[str, float]:
    """Returns what a report shows of many sounds.

    ``onsets_one`` is the share that hits exactly once. Of every other value
    ``<name>_median``, ``<name>_95``, the 95th percentile, and
    ``<name>_beyond``, the share of sounds above its limit in ``LIMITS``; of dc
    its size counts. A noise floor above its limit is no fault by itself:
    nearly half of all real drums still sound where the clip ends.

    Args:
      values: of ``hygiene``.

    Raises:
      FeatureError: no sounds.
    """
    if not len(values["onsets"]):
        raise FeatureError("no sounds to summarise; expected at least one")
    summary = {"onsets_one": float(np.mean(values["onsets"] == 1))}
    for name, limit in LIMITS.items():
        size = np.abs(values[name]) if name == "dc" else values[name]
        summary[f"{name}_median"] = float(np.median(size))
        summary[f"{name}_95"] = float(np.percentile(size, 95))
        summary[f"{name}_beyond"] = float(np.mean(size > limit))
    return summary


def count_onsets(
    waveforms: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> np.ndarray:
    """Returns how often a sound sets in, int64 [N]; silence never does.

    Rises of the level in dB within 12 ms, the mean over 8 bands of the mel
    scale (spectral flux; Bello et al., IEEE TSAP 2005), are hits where they
    peak above 3 dB, 35 ms apart or more.

    Args:
      waveforms: float32 [N, T].
      sample_rate: in Hz.
    """
    before = np.pad(waveforms, ((0, 0), (WINDOW, 0)))
    mel = mel_energies(before, sample_rate)  # [N, frames, 96]
    energy = mel.reshape(*mel.shape[:2], BANDS, MELS // BANDS).sum(axis=3)
    loudest = energy.max(axis=(1, 2), keepdims=True)
    share = energy / np.maximum(loudest, 1e-30)
    level = 10 * np.log10(np.maximum(share, 10 ** (-HEARD_DB / 10)))
    rises = np.maximum(level[:, LAG:] - level[:, :-LAG], 0).mean(axis=2)
    return np.array(
        [
            len(find_peaks(rise, height=RISE_DB, distance=APART)[0])
            for rise in rises
        ]
    )


def noise_floor(waveforms: np.ndarray) -> np.ndarray:
    """Returns the deviation of the last tenth in dB re the peak, [N].

    The deviation, not the mean square: a constant offset is no noise.
    """
    peak = np.abs(waveforms).max(axis=1)
    tail = waveforms[:, -max(1, round(TAIL * waveforms.shape[1])) :]
    return decibels(tail.var(axis=1, dtype=np.float64), peak**2)


def pre_echo(waveforms: np.ndarray) -> np.ndarray:
    """Returns the energy before a tenth of the peak, in dB re all, [N]."""
    size = np.abs(waveforms)
    start = (size >= ONSET * size.max(axis=1, keepdims=True)).argmax(axis=1)
    energy = np.square(waveforms, dtype=np.float64)
    early = np.arange(waveforms.shape[1]) < start[:, None]
    return decibels((energy * early).sum(axis=1), energy.sum(axis=1))


def decibels(power: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Returns 10 log10(power / reference), at least -120; 0 / 0 is -120."""
    ratio = power / np.maximum(reference, 1e-30)
    return 10 * np.log10(np.maximum(ratio, 10 ** (LOWEST_DB / 10)))
