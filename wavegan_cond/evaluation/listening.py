"""Blind listening: pairs of equal loudness, and what the answers say.

Which of a pair stands where follows from the page's name alone. So the page
need not hold the solution, and the answers need no file beside them.
"""

import hashlib
from typing import Any

import numpy as np
from scipy.stats import binomtest

from wavegan_cond.evaluation.features import SAMPLE_RATE

PLACES = ("A", "B")
QUESTIONS = ("real", "better")
LOUD_SECONDS = 0.05  # s: a drum is as loud as its loudest part
PEAK = 0.9  # of full scale, of the sound of a pair that peaks higher


def place_of_first(page: str, pair: int) -> str:
    """Returns where the first sound of a pair stands, "A" or "B".

    The first is the real one where the question is which is real, and that of
    the first model where it is which is better.

    Args:
      page: its name.
      pair: its number on the page.
    """
    digest = hashlib.sha256(f"{page} {pair}".encode()).digest()
    return PLACES[digest[0] % 2]


def in_place(page: str, pair: int, first: Any, second: Any) -> tuple[Any, Any]:
    """Returns what stands at A and what stands at B."""
    if place_of_first(page, pair) == "A":
        return first, second
    return second, first


def levelled(
    first: np.ndarray, second: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> tuple[np.ndarray, np.ndarray]:
    """Returns two sounds of equal loudness, float32 [T] each.

    The loudness is the RMS of the loudest 50 ms; the higher peak of the two
    is at 0.9. Silence stays.

    Args:
      first: [T], in any unit.
      second: [T].
      sample_rate: in Hz.
    """
    pair = [np.float64(wave) for wave in (first, second)]
    pair = [wave / max(loudness(wave, sample_rate), 1e-12) for wave in pair]
    peak = max(np.abs(wave).max() for wave in pair)
    one, other = (np.float32(wave * PEAK / max(peak, 1e-12)) for wave in pair)
    return one, other


def loudness(wave: np.ndarray, sample_rate: int = SAMPLE_RATE) -> float:
    """Returns the RMS of the loudest 50 ms of [T]."""
    width = max(1, min(len(wave), round(LOUD_SECONDS * sample_rate)))
    energy = np.concatenate([[0], np.cumsum(np.square(wave, dtype=float))])
    return float(np.sqrt((energy[width:] - energy[:-width]).max() / width))


def fooled(hits: int, trials: int) -> dict[str, Any]:
    """Returns a share of answers with its intervals.

    Returns:
      "hits", "trials", "share"; "wilson" and "exact" (Clopper and Pearson),
      the 95 % intervals; "guessing", how probable a share at least so far
      from one half is where all guess.
    """
    test = binomtest(hits, trials)
    found = {"hits": hits, "trials": trials, "share": hits / trials}
    for method in ("wilson", "exact"):
        interval = test.proportion_ci(0.95, method)
        found[method] = [float(interval.low), float(interval.high)]
    return {**found, "guessing": float(test.pvalue)}
