"""The figures of a report: what each is called, means, and where it is best.

A measure may stand here if the tests show that it orders sounds whose order is
known (tests/wavegan_cond/evaluation/test_gates.py).
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Measure:
    """What a figure of the report is.

    Attributes:
      title: for people.
      unit: of the figure; "" for a plain number.
      better: "low", "high", or "real" where the figure of real sounds is best.
      says: what it tells, in a few words.
    """

    title: str
    unit: str
    better: str
    says: str


MEASURES = {
    "kad": Measure(
        "KAD, audible", "", "low", "distance to held-out sounds, 60 dB deep"
    ),
    "kad_absolute": Measure(
        "KAD, absolute", "", "low", "the same, quiet noise and tones included"
    ),
    "kid": Measure("KID", "", "low", "the same with a cubic kernel"),
    "fad": Measure("FAD", "", "low", "Fréchet distance, bias taken away"),
    "precision": Measure("Precision", "", "real", "generated that look real"),
    "recall": Measure("Recall", "", "real", "real that could be generated"),
    "density": Measure("Density", "", "real", "how deep among real ones"),
    "coverage": Measure("Coverage", "", "real", "real ones that are met"),
    "ndb": Measure("NDB / K", "", "low", "kinds made too often or seldom"),
    "divergence": Measure("JS of kinds", "bits", "low", "shares of the kinds"),
    "variety": Measure("Variety", "", "real", "distance among each other"),
    "memory_ratio": Measure(
        "Memory ratio", "", "real", "distance to training, over held-out's"
    ),
    "close_share": Measure("Near training", "", "low", "0.01 is expected"),
    "copies": Measure("Copies", "", "low", "correlate 0.95 with training"),
    "comb": Measure("Comb A_k, worst", "dB", "real", "tones of the upsampling"),
    "comb_95": Measure("Comb, 95 % of sounds", "dB", "real", "in one sound"),
    "comb_depth": Measure(
        "Comb, all places", "dB", "real", "ripples of the mean spectrum"
    ),
    "grain": Measure("Grain", "", "real", "repeats at fixed lags: a buzz"),
    "first": Measure("First sample", "", "real", "95 % are below"),
    "last": Measure("Last sample", "", "real", "95 % are below"),
    "offset": Measure("Offset", "", "real", "mean of the samples, 95 %"),
    "begins_cut": Measure(
        "Begins cut", "", "real", "first sample above 5 % of the peak"
    ),
    "clipped": Measure("Clipped", "", "real", "share of samples, 95 %"),
    "one_hit": Measure("One hit", "", "real", "sounds with one onset"),
    "swells": Measure("Swells", "", "real", "rise by 6 dB after 60 ms"),
    "noise_floor": Measure("Noise floor", "dB", "real", "of the last tenth"),
    "log_attack": Measure("Attack", "", "low", "KS distance of attack times"),
    "t20": Measure("Decay", "", "low", "KS distance of decays by 20 dB"),
    "centroid": Measure("Centroid", "", "low", "KS distance of brightness"),
    "crest": Measure("Crest", "", "low", "KS distance of peak over RMS"),
    "low_share": Measure("Below 200 Hz", "", "low", "KS distance of shares"),
    "glide": Measure("Glide", "", "low", "KS distance of pitch glides"),
    "fall": Measure("Fall of pitch", "octaves", "real", "the median; of kicks"),
    "partials": Measure("Partials", "", "real", "the median; of cymbals"),
}
