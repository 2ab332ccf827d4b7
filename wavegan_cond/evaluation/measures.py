"""Measures of a report: title, unit, description and best value of each.

Tests show for every measure that it ranks sets of sounds of known quality
correctly (tests/wavegan_cond/evaluation/test_gates.py).
"""

import dataclasses
import functools

RELIABLE = 0.95  # lowest accuracy on real sounds of a reliable classifier


@dataclasses.dataclass(frozen=True)
class Measure:
    """Description of a measure.

    Attributes:
      title: title in tables.
      says: meaning, in a few words.
      unit: unit of the value; "" for a plain number.
      better: which values are best: "low", "high", or "real" for those closest
        to the value of real sounds.
      harmless: for "real", the side of the real sounds' value on which others
        are no fault: "low", "high", or "" for neither.
      worst: value of the worst case where noise is none: noise copies nothing.
    """

    title: str
    says: str
    unit: str = ""
    better: str = dataclasses.field(kw_only=True)
    harmless: str = ""
    worst: float | None = dataclasses.field(default=None, kw_only=True)


low = functools.partial(Measure, better="low")
real = functools.partial(Measure, better="real")
real_or_more = functools.partial(Measure, better="real", harmless="high")
real_or_less = functools.partial(Measure, better="real", harmless="low")

MEASURES = {
    "kad": low(
        "KAD, audible",
        "kernel audio distance to held-out sounds, down to -60 dB",
    ),
    "kad_absolute": low(
        "KAD, absolute", "kernel audio distance, quiet noise and tones included"
    ),
    "kid": low("KID", "kernel distance with a cubic kernel"),
    "fad": low("FAD", "Fréchet audio distance, bias removed"),
    "precision": real_or_more(
        "Precision", "fraction of generated sounds near a real one"
    ),
    "recall": real_or_more(
        "Recall", "fraction of real sounds near a generated one"
    ),
    "density": real_or_more(
        "Density", "number of real neighbours, over that expected"
    ),
    "coverage": real_or_more(
        "Coverage", "fraction of real sounds with a generated neighbour"
    ),
    "ndb": low(
        "NDB / K",
        "fraction of clusters generated too often or too rarely, of 300 "
        "sounds 0.05 by chance, of fewer less",
    ),
    "divergence": low(
        "JS of clusters",
        "Jensen-Shannon divergence of the cluster frequencies",
        "bits",
    ),
    "variety": real_or_more(
        "Spread",
        "distance between generated sounds, over that between real ones",
    ),
    "memory_ratio": real_or_more(
        "Memory ratio",
        "distance to training sounds, over that of held-out sounds",
        worst=0.0,
    ),
    "close_share": low(
        "Near training",
        "fraction very close to a training sound",
        worst=1.0,
    ),
    "copies": low(
        "Copies", "fraction that correlates 0.95 with training", worst=1.0
    ),
    "comb": real_or_less(
        "Worst comb", "comb index of the level with the largest", "dB"
    ),
    "comb_95": real_or_less(
        "Comb, 95 % of sounds", "95th percentile over single sounds", "dB"
    ),
    "first": real_or_less(
        "First sample", "95th percentile of its absolute value"
    ),
    "last": real_or_less(
        "Last sample", "95th percentile of its absolute value"
    ),
    "offset": real_or_less("DC offset", "95th percentile of the mean sample"),
    "clipped": real_or_less(
        "Clipped", "95th percentile of the fraction of clipped samples"
    ),
    "one_hit": real_or_more(
        "One hit", "fraction of sounds with exactly one onset"
    ),
    "noise_floor": real_or_less(
        "Noise floor", "level of the last tenth of a sound", "dB"
    ),
    "comb_depth": real_or_less(
        "Ripple", "depth of the ripples of the mean spectrum", "dB"
    ),
    "grain": real_or_less("Grain", "autocorrelation at fixed lags, a buzz"),
    "begins_cut": real_or_less(
        "Cut onsets", "fraction whose first sample exceeds 5 % of the peak"
    ),
    "swells": real_or_less("Swells", "fraction that rises by 6 dB after 60 ms"),
    "log_attack": low("Attack", "KS distance of attack times"),
    "t20": low("Decay", "KS distance of decay times (20 dB)"),
    "centroid": low("Centroid", "KS distance of spectral centroids"),
    "crest": low("Crest", "KS distance of peak over RMS"),
    "low_share": low("Below 200 Hz", "KS distance of energy below 200 Hz"),
    "glide": low("Glide", "KS distance of pitch glides"),
    "fall": real("Fall of pitch", "the median; of kicks", "octaves"),
    "partials": real("Spectral peaks", "the median number; of cymbals"),
}
