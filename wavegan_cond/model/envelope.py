"""An envelope of the sound, made of features.

A network whose blocks are nearly linear makes a sound 40 dB quieter from
features 40 dB smaller, and what it does not get right at the hit it does not
get right in the tail either: tails then end too early, flicker and swell. With
the features' own size as an envelope behind the last block the sound follows
the square of them: 20 dB smaller are 40 dB quieter, and what is wrong in a tail
dies with it. In a studio, an expander.

Letters: B batch, N places, C channels, T samples. Pure Keras 3.
"""

from keras import ops

from wavegan_cond.model.resample import in_lines
from wavegan_cond.model.tensor import Tensor

GAIN = 10.0  # brings the size of features in a new generator to some 0.5
FLOOR = 1e-6  # of a mean square: the slope of a root is infinite at zero


def envelope(features: Tensor, length: int) -> Tensor:
    """Returns how large features are, as an envelope: [B, N, C] -> [B, T, 1].

    Their root mean square at each place, in straight lines from place to place,
    held behind the last one.

    Args:
      features: of an early block.
      length: of the sound (T), a multiple of N.
    """
    x = ops.cast(features, "float32")
    power = ops.sum(x * x, axis=2, keepdims=True) / x.shape[2]
    return in_lines(GAIN * ops.sqrt(power + FLOOR), length)
