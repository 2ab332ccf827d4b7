"""A drum that was struck rings down: after the hit no level grows again.

Partials ring down in training too. The sound of the blocks does only where a
model is played: in a training with it partials took the place of what was
turned down (experiments/results/NOTES.md).

Letters: B batch, N places, C channels, T samples. Pure Keras 3.
"""

import numpy as np
from keras import ops

from wavegan_cond.model.resample import in_lines
from wavegan_cond.model.tensor import Tensor

HIT = 0.06  # s, after which nothing grows
WINDOW = 0.04  # s, over which the level of a sound is taken
SILENT = 1e-12  # of a mean square: the slope of a root is infinite at zero


def ring_down(levels: Tensor, seconds: float) -> Tensor:
    """Returns levels that do not grow after the hit, [B, N, C].

    From 60 ms on each is the lowest since then. Before, all are as they were;
    the last level of a sound that is no longer than that stays too.

    Args:
      levels: at N evenly spaced places of a sound, [B, N, C].
      seconds: length of the sound.
    """
    hit = end_of_hit(levels.shape[1], seconds)
    free, levels = levels[:, :hit], levels[:, hit:]
    reach = 1  # places that a minimum already knows
    while reach < levels.shape[1]:
        earlier = ops.minimum(levels[:, reach:], levels[:, :-reach])
        levels = ops.concatenate([levels[:, :reach], earlier], axis=1)
        reach *= 2
    return ops.concatenate([free, levels], axis=1)


def ring_down_sound(sound: Tensor, places: int, seconds: float) -> Tensor:
    """Turns a sound down where it would grow after the hit, [B, T, 1].

    Its level at a place is the root mean square of the 40 ms around. From 60 ms
    on its gain is the lowest level since then over the level; between places
    gains are straight lines.

    Args:
      sound: [B, T, 1].
      places: N, T is a multiple of it.
      seconds: length of the sound.
    """
    if seconds <= HIT:
        return sound
    length = sound.shape[1]
    hop = length // places
    squares = ops.reshape(sound * sound, (-1, places, hop))
    power = ops.sum(squares, axis=2) / hop
    side = max(0, round((WINDOW * places / seconds - 1) / 2))
    level = ops.expand_dims(ops.sqrt(smooth(power, side) + SILENT), -1)
    gain = ring_down(level, seconds) / level  # [B, N, 1]
    return sound * in_lines(gain, length)


def end_of_hit(places: int, seconds: float) -> int:
    """Returns the first place from which on nothing grows, in [0, N)."""
    return min(round(HIT * places / seconds), places - 1)


def smooth(x: Tensor, side: int) -> Tensor:
    """Returns means over a Hann window of places, edges held: [B, N].

    Args:
      x: [B, N].
      side: places to either side that a mean is of.
    """
    share = np.hanning(2 * side + 3)[1:-1].astype(np.float32)
    share /= share.sum()
    ends = side * [x[:, :1]], side * [x[:, -1:]]
    padded = ops.concatenate([*ends[0], x, *ends[1]], axis=1)
    count = x.shape[1]
    parts = [s * padded[:, at : at + count] for at, s in enumerate(share)]
    return sum(parts[1:], start=parts[0])
