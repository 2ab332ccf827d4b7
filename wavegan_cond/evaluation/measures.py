"""Measures of a report: title, unit, description and best value of each.

Tests show for every measure that it ranks sets of sounds of known quality
correctly (tests/wavegan_cond/evaluation/test_gates.py).
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Measure:
    """Description of a measure.

    Attributes:
      title: title in tables.
      unit: unit of the value; "" for a plain number.
      better: which values are best: "low", "high", or "real" for those closest
        to the value of real sounds.
      says: meaning, in a few words.
      harmless: for "real", the side of the real sounds' value on which others
        are no fault: "low", "high", or "" for neither.
    """

    title: str
    unit: str
    better: str
    says: str
    harmless: str = ""


MEASURES = {
    "kad": Measure(
        "KAD, audible",
        "",
        "low",
        "kernel audio distance to validation sounds, down to -60 dB",
    ),
    "kad_absolute": Measure(
        "KAD, absolute",
        "",
        "low",
        "kernel audio distance, quiet noise and tones included",
    ),
    "kid": Measure("KID", "", "low", "kernel distance with a cubic kernel"),
    "fad": Measure("FAD", "", "low", "Fréchet audio distance, bias removed"),
    "precision": Measure(
        "Precision",
        "",
        "real",
        "fraction of generated sounds near a real one",
        harmless="high",
    ),
    "recall": Measure(
        "Recall",
        "",
        "real",
        "fraction of real sounds near a generated one",
        harmless="high",
    ),
    "density": Measure(
        "Density",
        "",
        "real",
        "number of real neighbours, over that expected",
        harmless="high",
    ),
    "coverage": Measure(
        "Coverage",
        "",
        "real",
        "fraction of real sounds with a generated neighbour",
        harmless="high",
    ),
    "ndb": Measure(
        "NDB / K",
        "",
        "low",
        "fraction of clusters generated too often or too rarely",
    ),
    "divergence": Measure(
        "JS of clusters",
        "bits",
        "low",
        "Jensen-Shannon divergence of the cluster frequencies",
    ),
    "variety": Measure(
        "Variety",
        "",
        "real",
        "distance between generated sounds, over that between real ones",
        harmless="high",
    ),
    "memory_ratio": Measure(
        "Memory ratio",
        "",
        "real",
        "distance to training sounds, over that of validation sounds",
        harmless="high",
    ),
    "close_share": Measure(
        "Near training",
        "",
        "low",
        "fraction very close to a training sound; 0.01 is expected",
    ),
    "copies": Measure(
        "Copies", "", "low", "fraction that correlates 0.95 with training"
    ),
    "comb": Measure(
        "Comb A_k, worst",
        "dB",
        "real",
        "prominence of upsampling tones",
        harmless="low",
    ),
    "comb_95": Measure(
        "Comb, 95 % of sounds",
        "dB",
        "real",
        "95th percentile over single sounds",
        harmless="low",
    ),
    "first": Measure(
        "First sample",
        "",
        "real",
        "95th percentile of its absolute value",
        harmless="low",
    ),
    "last": Measure(
        "Last sample",
        "",
        "real",
        "95th percentile of its absolute value",
        harmless="low",
    ),
    "offset": Measure(
        "DC offset",
        "",
        "real",
        "95th percentile of the mean sample",
        harmless="low",
    ),
    "clipped": Measure(
        "Clipped",
        "",
        "real",
        "95th percentile of the fraction of clipped samples",
        harmless="low",
    ),
    "one_hit": Measure(
        "One hit",
        "",
        "real",
        "fraction of sounds with exactly one onset",
        harmless="high",
    ),
    "noise_floor": Measure(
        "Noise floor",
        "dB",
        "real",
        "level of the last tenth of a sound",
        harmless="low",
    ),
    "comb_depth": Measure(
        "Comb, every place",
        "dB",
        "real",
        "depth of the ripples of the mean spectrum",
        harmless="low",
    ),
    "grain": Measure(
        "Grain",
        "",
        "real",
        "autocorrelation at fixed lags, a buzz",
        harmless="low",
    ),
    "begins_cut": Measure(
        "Cut onsets",
        "",
        "real",
        "fraction whose first sample exceeds 5 % of the peak",
        harmless="low",
    ),
    "swells": Measure(
        "Swells",
        "",
        "real",
        "fraction that rises by 6 dB after 60 ms",
        harmless="low",
    ),
    "log_attack": Measure("Attack", "", "low", "KS distance of attack times"),
    "t20": Measure("Decay", "", "low", "KS distance of decay times (20 dB)"),
    "centroid": Measure(
        "Centroid", "", "low", "KS distance of spectral centroids"
    ),
    "crest": Measure("Crest", "", "low", "KS distance of peak over RMS"),
    "low_share": Measure(
        "Below 200 Hz", "", "low", "KS distance of energy below 200 Hz"
    ),
    "glide": Measure("Glide", "", "low", "KS distance of pitch glides"),
    "fall": Measure("Fall of pitch", "octaves", "real", "the median; of kicks"),
    "partials": Measure("Partials", "", "real", "the median; of cymbals"),
}
