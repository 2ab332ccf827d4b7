"""Finds copies of one recording: louder, trimmed, resampled or as MP3.

Two hits on one drum have much the same spectrum, but the noise in them is
drawn anew, so their waveforms do not match. Copies match at some lag. (So do
synthesised sounds without noise, or with the same, whose tuning or decay
differ a little: they are taken for copies.) That is what is tested here, in two
steps:

1. A fingerprint of 88 numbers per sound, of its magnitude spectrum and so
   blind to gain and lag: the level of 24 bands, and the fine structure within
   the bands seen from 64 random directions. Pairs unlike in either are no
   copies.
2. For the pairs left, the largest correlation of the waveforms over all lags
   up to 46 ms, every band weighted alike, so that a low tone two kicks share
   does not hide that all else differs.

Nothing above 8 kHz is looked at, where MP3 and low sample rates have little.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from data_prep.audio import waveform
from data_prep.store.store import SAMPLE_RATE

LENGTH = 16384  # samples looked at for the fingerprint
LOWEST, HIGHEST = 40.0, 8000.0  # Hz
BANDS = 24
DIRECTIONS = 64
FLOOR = 1e-4  # of the loudest band: below it, noise
# Of 300 real sounds encoded at low bit rates as MP3, Vorbis and Opus, 98 % lie
# within these limits; so do 0.02 % of the pairs of 5,664 different ones.
LARGEST_DISTANCE = 3.5  # dB, root mean square over the bands
LEAST_LIKENESS = 0.75  # cosine of the fine structure
LEAST_CORRELATION = 0.95
LARGEST_LAG = 2048  # samples
BLOCK, ACROSS = 1024, 16384  # pairs compared at a time
CHUNK = 128  # pairs correlated at a time


def fingerprint(wave: np.ndarray) -> np.ndarray:
    """Returns float16 [BANDS + DIRECTIONS] of a sound.

    Args:
      wave: float32 [n], from its onset on; the first 16,384 samples count.
    """
    wave = waveform.fit_length(waveform.normalise_peak(wave), LENGTH)
    bins = np.fft.rfft(wave)[_FINE * _EDGES[0] : _FINE * _EDGES[-1]]
    power = bins.real**2 + bins.imag**2
    power = power.reshape(-1, _FINE).sum(axis=1)
    starts, widths = _EDGES[:-1] - _EDGES[0], np.diff(_EDGES)
    spans = widths.astype(np.float32)
    level = np.add.reduceat(power, starts) / spans
    level = np.maximum(level, level.max() * FLOOR)
    structure = np.sqrt(power / np.repeat(level, widths))
    mean = np.add.reduceat(structure, starts) / spans
    view = (structure - np.repeat(mean, widths)) @ _PROJECTION
    view /= np.linalg.norm(view) + 1e-9
    decibels = 10 * np.log10(level / level.max())
    return np.concatenate([decibels, view]).astype(np.float16)


def find(
    prints: Sequence[np.ndarray], rows: np.ndarray, numbers: Sequence[int]
) -> list[tuple[int, int]]:
    """Returns the pairs (a, b), a < b, of sounds that are one recording.

    Time grows with the square of the number of sounds, by some 10^9 pairs in
    a few seconds; memory stays flat.

    Args:
      prints: a fingerprint per sound.
      rows: int16 [N, T], the waveforms.
      numbers: which of ``rows`` each sound is.
    """
    if len(prints) < 2:
        return []
    found, numbers = [], np.asarray(numbers)
    for pairs in _alike(np.stack(prints)):
        for start in range(0, len(pairs), CHUNK):
            some = pairs[start : start + CHUNK]
            match = correlation(rows, numbers[some]) >= LEAST_CORRELATION
            found += [(min(a, b), max(a, b)) for a, b in some[match].tolist()]
    return sorted(found)


def correlation(rows: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Returns the largest band-weighted correlation of pairs of rows.

    Args:
      rows: int16 [N, T].
      pairs: int [P, 2], row numbers.

    Returns:
      float [P]: 1 for equal sounds whatever their gain, about 0 for others.
    """
    from scipy.fft import next_fast_len

    needed, place = np.unique(pairs, return_inverse=True)
    size = next_fast_len(rows.shape[1] + LARGEST_LAG, real=True)
    spectra = np.stack([_weighted_spectrum(rows[n], size) for n in needed])
    first, second = spectra[place.reshape(pairs.shape)].swapaxes(0, 1)
    lags = np.fft.irfft(first * second.conj(), size)
    near = np.concatenate(
        [lags[:, :LARGEST_LAG], lags[:, -LARGEST_LAG:]], axis=1
    )
    # By Parseval the energy of a spectrum of unit norm is 2 / size.
    return np.abs(near).max(axis=1) * size / 2


def _weighted_spectrum(row: np.ndarray, size: int) -> np.ndarray:
    """Returns the spectrum [size / 2 + 1], bands levelled, of unit norm."""
    wave = waveform.trim_leading_silence(row.astype(np.float32))
    spectrum = np.fft.rfft(wave, size)
    edges = _band_edges(size)
    spectrum[: edges[0]] = 0
    spectrum[edges[-1] :] = 0
    power = np.abs(spectrum[edges[0] : edges[-1]]) ** 2
    energy = np.add.reduceat(power, edges[:-1] - edges[0])
    energy = np.maximum(energy, energy.max() * 1e-3)
    spectrum[edges[0] : edges[-1]] /= np.sqrt(np.repeat(energy, np.diff(edges)))
    return spectrum / (np.linalg.norm(spectrum) + 1e-9)


def _alike(prints: np.ndarray) -> Iterator[np.ndarray]:
    """Yields arrays [P, 2] of the pairs whose fingerprints are alike.

    Sounds are sorted by spectral tilt and compared with those of similar tilt
    only: a unit vector's product differs by no more than the levels do.
    """
    levels = prints[:, :BANDS].astype(np.float32)
    ramp = np.linspace(-1, 1, BANDS, dtype=np.float32)
    tilt = levels @ (ramp / np.linalg.norm(ramp))
    order = np.argsort(tilt, kind="stable")
    tilt, levels = tilt[order], levels[order]
    views = prints[order, BANDS:].astype(np.float32)
    reach = LARGEST_DISTANCE * np.sqrt(BANDS)
    for start in range(0, len(order), BLOCK):
        block = slice(start, start + BLOCK)
        stop = np.searchsorted(tilt, tilt[block][-1] + reach, side="right")
        for left in range(start, stop, ACROSS):
            right = min(left + ACROSS, stop)
            like = views[block] @ views[left:right].T
            a, b = np.nonzero(like >= LEAST_LIKENESS)
            a, b = a + start, b + left
            a, b = a[a < b], b[a < b]
            distance = np.sqrt(np.mean((levels[a] - levels[b]) ** 2, axis=1))
            near = distance <= LARGEST_DISTANCE
            yield order[np.stack([a[near], b[near]], axis=1)]


def _band_edges(size: int, step: int = 1) -> np.ndarray:
    """Returns the first bin of each band, and the end of the last."""
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 1)
    return np.unique(np.ceil(edges * size / SAMPLE_RATE / step).astype(int))


_FINE = 4  # bins of the spectrum taken together: 10.8 Hz
_EDGES = _band_edges(LENGTH, _FINE)
_PROJECTION = np.sign(
    np.random.default_rng(0).standard_normal(
        (_EDGES[-1] - _EDGES[0], DIRECTIONS)
    )
).astype(np.float32)
