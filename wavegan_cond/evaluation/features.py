"""Log-mel features of sounds, the input of all measures.

NumPy only, so that a figure does not depend on a model or a download. The mel
scale and the area-normalised triangles are those of Slaney's Auditory Toolbox
(1998), librosa's default.

There are two floors. ``audible`` cuts off 60 dB below a sound's own loudest
cell; ``absolute`` cuts off at 1e-5, and so includes the quiet noise floor that
a generator leaves where real sounds are silent.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from wavegan_cond.storage import processors
from wavegan_cond.storage.pcm import FULL_SCALE

SAMPLE_RATE = 44100
WINDOW = 1024  # samples of one frame
HOP = 128  # samples between frames
MELS = 96
LOW, HIGH = 30.0, 20000.0  # Hz, edges of the first and the last band
FLOORS = ("audible", "absolute")
AUDIBLE_RANGE = 1e-6  # 60 dB, as a ratio of energies
ABSOLUTE_FLOOR = 1e-5
HANN = np.hanning(WINDOW + 1)[:-1].astype(np.float32)  # periodic
CHUNK = 32  # sounds at once: about 40 MB at 16384 samples


class FeatureError(ValueError):
    """Sounds whose features cannot be computed."""

    exit_code = 2


def log_above(mel: np.ndarray, floor: str) -> np.ndarray:
    """Returns the natural logarithm of mel energies, none below the floor.

    Args:
      mel: float32 [N, frames, 96], see ``mel_energies``.
      floor: 'audible' or 'absolute', see above. Silence is at the absolute
        floor in both.
    """
    lowest = np.float32(ABSOLUTE_FLOOR)
    if floor == "audible":
        loudest = mel.max(axis=(1, 2), keepdims=True, initial=0)
        lowest = np.where(loudest > 0, loudest * AUDIBLE_RANGE, lowest)
    return np.log(np.maximum(mel, lowest))


def in_chunks(waveforms: np.ndarray) -> Iterator[np.ndarray]:
    """Yields parts of sounds, float32 [at most 32, T]; see ``each_chunk``."""
    yield from each_chunk(lambda piece: piece, waveforms, threads=1)


def each_chunk(
    function: Callable[[np.ndarray], Any],
    waveforms: np.ndarray,
    threads: int | None = None,
) -> Iterator[Any]:
    """Yields what a function makes of each chunk, in the order of the chunks.

    Args:
      function: function float32 [at most 32, T] -> anything; called in several
        threads at once.
      waveforms: float32 [N, T] in [-1, 1], or int16 [N, T] as stored; a memory
        map is read in chunks.
      threads: number of threads; by default one for each core.

    Raises:
      FeatureError: not [N, T], another type, or not finite.
    """
    shape, kind = np.shape(waveforms), np.asarray(waveforms[:0]).dtype
    if len(shape) != 2 or kind not in (np.float32, np.float64, np.int16):
        raise FeatureError(
            "expected float32 or int16 waveforms [N, T], "
            f"received {kind} {list(shape)}"
        )
    scale = np.float32(FULL_SCALE if kind == np.int16 else 1)

    def apply(start: int) -> Any:
        piece = waveforms[start : start + CHUNK].astype(np.float32) / scale
        if not np.isfinite(piece).all():
            raise FeatureError("waveforms must be finite; found NaN or Inf")
        return function(piece)

    starts = range(0, shape[0], CHUNK)
    if threads == 1:
        yield from map(apply, starts)
        return
    with ThreadPoolExecutor(threads or processors.count()) as pool:
        yield from pool.map(apply, starts)


def measure_each(
    measure: Callable[[np.ndarray], Mapping[str, np.ndarray]],
    waveforms: np.ndarray,
    names: Iterable[str],
) -> dict[str, np.ndarray]:
    """Applies a measure to sounds in chunks; returns float64 [N] by name.

    Args:
      measure: function float32 [n, T] -> values [n] by name.
      waveforms: [N, T], see ``each_chunk``.
      names: names of the values.

    Raises:
      FeatureError: not [N, T], no samples, or not finite.
    """
    if not np.shape(waveforms)[-1]:
        raise FeatureError("sounds of no samples cannot be measured")
    found = list(each_chunk(measure, waveforms))
    return {
        name: np.concatenate([np.zeros(0), *(part[name] for part in found)])
        for name in names
    }


def mel_energies(
    waveforms: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> np.ndarray:
    """Returns mel-weighted power spectra, float32 [N, frames, 96].

    There are 1 + T // 128 frames; frame i is centred on sample 128 i.

    Args:
      waveforms: float32 [N, T], padded with zeros on both sides.
      sample_rate: sample rate in Hz.
    """
    half = WINDOW // 2
    padded = np.pad(waveforms, ((0, 0), (half, half)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=1)
    windowed = frames[:, ::HOP] * HANN  # [N, frames, 1024]
    spectrum = np.fft.rfft(windowed).astype(np.complex64, copy=False)
    power = spectrum.real**2 + spectrum.imag**2  # [N, frames, 513]
    # One matrix product: many small ones wait for each other's threads.
    mel = power.reshape(-1, power.shape[-1]) @ mel_filters(sample_rate)
    return mel.reshape(*power.shape[:-1], MELS)


@functools.cache
def mel_filters(sample_rate: int) -> np.ndarray:
    """Returns triangles of unit area over frequency, float32 [513, 96]."""
    bins = np.fft.rfftfreq(WINDOW, 1 / sample_rate)[:, None]
    edges = mel_to_hz(np.linspace(*hz_to_mel(np.array([LOW, HIGH])), MELS + 2))
    left, peak, right = edges[:-2], edges[1:-1], edges[2:]
    rise = (bins - left) / (peak - left)
    fall = (right - bins) / (right - peak)
    triangles = np.maximum(0, np.minimum(rise, fall))
    return (triangles * 2 / (right - left)).astype(np.float32)


# Slaney's scale: linear below 1 kHz (15 mel), 27 steps per factor of 6.4 above.
_BREAK_HZ, _BREAK_MEL, _HZ_PER_MEL = 1000.0, 15.0, 200 / 3
_LOG_STEP = np.log(6.4) / 27


def hz_to_mel(hz: np.ndarray) -> np.ndarray:
    """Returns Slaney mels of frequencies in Hz."""
    above = np.log(np.maximum(hz, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.where(hz < _BREAK_HZ, hz / _HZ_PER_MEL, _BREAK_MEL + above)


def mel_to_hz(mel: np.ndarray) -> np.ndarray:
    """Returns frequencies in Hz of Slaney mels."""
    above = _BREAK_HZ * np.exp(
        _LOG_STEP * (np.maximum(mel, _BREAK_MEL) - _BREAK_MEL)
    )
    return np.where(mel < _BREAK_MEL, mel * _HZ_PER_MEL, above)
