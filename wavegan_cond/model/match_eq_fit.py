"""Fits the equalizer behind the generator to real sounds.

Letters: L samples of a sound, n taps. NumPy.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from wavegan_cond.model.match_eq import num_taps
from wavegan_cond.model.subsample import subsample_evenly

SEED = 1_000_000  # of the z that it is fitted with
SOUNDS = 256  # generated of each class
MAX_SOUNDS = 2000  # real ones of a class: more do not change its mean
PIECE = 64  # sounds at a time
QUIETEST = 1e-9  # of a sound's loudest bin: what is below counts as that
MOST = 1.5  # nepers, 13 dB: gains of the tone end there
SPACING = 64  # bins between lines: fs / 4, fs / 16, ..., see ``cuts``
REACH = 6  # bins to either side that the cut of a line takes
NEAR = 5  # bins from a line on that say how loud its surroundings are
BESIDE = 27  # bins before a line and fewer, where no block leaves one
CHANCE = 0.99  # a line stands out further than so many of these places
LIKELY = 0.97  # one where the last two blocks leave the strongest
PLACES = 100  # of which so many are looked at, at the least


class Spectra(NamedTuple):
    """Mean spectra of sounds.

    Attributes:
      tone: the mean of their log power, in which each sound weighs the same,
        float64 [..., L / 2 + 1].
      power: the log of their mean power under a Hann window, in which lines
        stand out as they are heard, float64 [..., L / 2 + 1].
    """

    tone: np.ndarray
    power: np.ndarray


def real_spectra(
    read: Callable[[np.ndarray], np.ndarray],
    labels: np.ndarray,
    num_classes: int,
) -> Spectra:
    """Returns the spectra of each class of real sounds, [num_classes, ...].

    Args:
      read: gives the sounds of rows, int64 [m] -> float32 [m, L] in [-1, 1].
      labels: int [N], of all rows.
      num_classes: each has a sound.
    """
    classes = []
    for label in range(num_classes):
        rows = subsample_evenly(np.flatnonzero(labels == label), MAX_SOUNDS)
        starts = range(0, len(rows), PIECE)
        classes.append(measure(read(rows[at : at + PIECE]) for at in starts))
    return stack(classes)


def measure(pieces: Iterable[np.ndarray]) -> Spectra:
    """Returns the spectra of all sounds in ``pieces``, float [m, L] each."""
    tone, power, count = 0.0, 0.0, 0
    for piece in pieces:
        spectrum = np.abs(np.fft.rfft(piece.astype(np.float64))) ** 2
        floor = QUIETEST * spectrum.max(axis=1, keepdims=True) + 1e-30
        tone = tone + np.log(spectrum + floor).sum(axis=0)
        window = np.hanning(piece.shape[1] + 1)[:-1]
        spectrum = np.abs(np.fft.rfft(piece * window)) ** 2
        power = power + spectrum.sum(axis=0)
        count += len(piece)
    return Spectra(tone / count, np.log(power / count + 1e-30))


def stack(classes: list[Spectra]) -> Spectra:
    """Returns the spectra of several classes as one, [num_classes, ...]."""
    return Spectra(*map(np.stack, zip(*classes, strict=True)))


def fit(real: Spectra, made: Spectra) -> np.ndarray:
    """Returns the filters that bring generated sounds to real ones.

    Args:
      real: of each class, [num_classes, L / 2 + 1], or [1, L / 2 + 1] of all.
      made: of the generator without an equalizer, [num_classes, L / 2 + 1].

    Returns:
      float32 [num_classes, n].
    """
    # Here, so that who only makes sounds does not wait for scipy.
    from scipy.ndimage import convolve1d

    half = max(2, real.tone.shape[-1] // 256)
    window = np.hanning(2 * half + 3)[1:-1]
    tone = convolve1d(
        (real.tone - made.tone) / 2, window / window.sum(), mode="mirror"
    )
    gains = np.clip(tone, -MOST, MOST)
    heard = Spectra(made.tone + 2 * gains, made.power + 2 * gains)
    return minimum_phase(gains - cuts(real, heard))


def cuts(real: Spectra, made: Spectra) -> np.ndarray:
    """Returns how far lines are cut, in nepers, [..., L / 2 + 1].

    A block that upsamples by 4 to the rate fs leaves lines at multiples of
    fs / 4, the one before it at multiples of fs / 16, and so on
    (``evaluation.artifacts``). Those of all blocks but the first are multiples
    of 64 bins; the lines of the first one, every 16 bins, are left. What
    stands out there, over the median of the bins around and over what stands
    out of real sounds, is cut, if it does so further than bins beside such
    places do by chance. At the few multiples of fs / 16 the mean power alone
    decides; elsewhere the mean of logarithms has to say so too, for power can
    be of a few loud sounds or of the tones of one, and cuts of chance would be
    a comb of their own. Nothing is raised.
    """
    bins, far = made.power.shape[-1], SPACING // 2 - 1
    places = np.arange(SPACING, bins - SPACING // 2, SPACING)
    if not len(places):
        return np.zeros(made.power.shape)
    reach = np.arange(-REACH, REACH + 1)
    shape = np.cos(np.pi / 2 * reach / (REACH + 1)) ** 2
    stands_out = prominence(made.power, places, far)
    usual = np.maximum(prominence(real.power, places, far), 0)
    in_most = prominence(made.tone, places, far)
    by_chance, in_tones = (
        usual_beside(mean, places, far) for mean in (made.power, made.tone)
    )
    is_line = stands_out > np.quantile(by_chance, CHANCE, -1, keepdims=True)
    is_line &= in_most > np.quantile(in_tones, CHANCE, -1, keepdims=True)
    is_likely = stands_out > np.quantile(by_chance, LIKELY, -1, keepdims=True)
    is_line |= is_likely & (places % ((bins - 1) // 8) == 0)  # of fs / 16
    excess = np.where(is_line, np.maximum(stands_out - usual, 0), 0)
    result = np.zeros(made.power.shape)
    result[..., places[:, None] + reach] = excess[..., None] / 2 * shape
    return result


def usual_beside(
    log_power: np.ndarray, places: np.ndarray, far: int
) -> np.ndarray:
    """Returns how far bins beside lines stand out, where no block leaves one.

    Args:
      log_power: [..., bins], in any unit.
      places: int [n], bins, of lines.
      far: of ``prominence``.

    Returns:
      [..., m], of 100 bins at least, where there are as many.
    """
    offsets = BESIDE - np.arange(-(-PLACES // len(places)))
    beside = places - offsets[offsets > REACH, None]
    return prominence(log_power, beside.ravel(), far)


def prominence(
    log_power: np.ndarray, places: np.ndarray, far: int
) -> np.ndarray:
    """Returns how far bins stand out of those around them.

    Args:
      log_power: [..., bins], in any unit.
      places: int [n], bins, ``far`` away from either end.
      far: as many bins to either side, but for the nearest four, are around.

    Returns:
      [..., n], in that unit, over the median of the bins around.
    """
    beside = np.r_[-far : -NEAR + 1, NEAR : far + 1]
    around = np.median(log_power[..., places[:, None] + beside], axis=-1)
    return log_power[..., places] - around


def minimum_phase(gains: np.ndarray) -> np.ndarray:
    """Returns causal filters of given gains: float32 [..., n].

    Their energy comes as early as it can, so that nothing rings before a hit:
    the cepstrum of the gains, folded onto positive times (Oppenheim and
    Schafer, Discrete-Time Signal Processing, on the complex cepstrum).

    Args:
      gains: logs of amplitudes, [..., L / 2 + 1].
    """
    bins = gains.shape[-1]
    taps = num_taps(2 * bins - 2)
    size = 8 * (bins - 1)  # finer bins, so that the cepstrum has room
    place = np.linspace(0, bins - 1, size // 2 + 1)
    fine = np.apply_along_axis(
        lambda row: np.interp(place, np.arange(bins), row), -1, gains
    )
    cepstrum = np.fft.irfft(fine, size)
    cepstrum[..., 1 : size // 2] *= 2
    cepstrum[..., size // 2 + 1 :] = 0
    impulse = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)), size)
    fade = taps // 4
    window = np.ones(taps)
    window[taps - fade :] = np.cos(np.pi / 2 * np.arange(fade) / fade) ** 2
    return (impulse[..., :taps] * window).astype(np.float32)
