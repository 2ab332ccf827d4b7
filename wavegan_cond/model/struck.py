"""A drum that was struck rings down: after the hit no level grows again.

Letters: B batch, N places, C channels, T samples. Pure Keras 3.
"""

import numpy as np
from keras import ops

from wavegan_cond.model.resample import lerp

HIT = 0.06  # s, after which nothing grows
WINDOW = (
    7  # places that a level of a sound is of: 41 ms where N is 64 of 0.37 s
)
SILENT = 1e-12  # of a mean square: the slope of a root is infinite at zero


def ring_down(levels, seconds: float):
    """Returns levels that do not grow after the hit, [B, N, C].

    From 60 ms on each is the geometric mean of two that never grow: of the
    lowest one since then, and of the highest one still to come. So a level that
    fell and rises again is met halfway. Before the hit's end all are as they
    were; the last level of a sound that is no longer than that stays too.

    Args:
      levels: above zero, at N evenly spaced places of a sound, [B, N, C].
      seconds: length of the sound.
    """
    hit = end_of_hit(levels.shape[1], seconds)
    free, rest = levels[:, :hit], levels[:, hit:]
    low = running(ops.minimum, rest)
    high = ops.flip(running(ops.maximum, ops.flip(rest, 1)), 1)
    return ops.concatenate([free, ops.sqrt(low * high)], axis=1)


def ring_down_sound(sound, places: int, seconds: float):
    """Turns a sound down where it would grow after the hit, [B, T, 1].

    Its level at a place is the root mean square of some 40 ms around. From
    60 ms on its gain is the lowest level so far over the level; in between
    places gains are straight lines.

    Args:
      sound: [B, T, 1].
      places: N, T is a multiple of it.
      seconds: length of the sound.
    """
    length = sound.shape[1]
    hop = length // places
    power = ops.mean(ops.reshape(sound * sound, (-1, places, hop)), axis=2)
    level = ops.sqrt(smooth(power) + SILENT)
    hit = end_of_hit(places, seconds)
    free, rest = level[:, :hit], level[:, hit:]
    lowest = ops.concatenate([free, running(ops.minimum, rest)], axis=1)
    here = ops.expand_dims(lowest / level, -1)  # [B, N, 1]
    there = ops.concatenate([here[:, 1:], here[:, -1:]], axis=1)
    share = np.arange(hop, dtype=np.float32) / hop
    return sound * ops.reshape(lerp(here, there, share), (-1, length, 1))


def end_of_hit(places: int, seconds: float) -> int:
    """Returns the first place from which on nothing grows, in [0, N)."""
    return min(round(HIT * places / seconds), places - 1)


def running(combine, x):
    """Returns the extremum of each place and all before it, [B, N, ...].

    Args:
      combine: ``ops.minimum`` or ``ops.maximum``.
      x: [B, N, ...].
    """
    reach = 1  # places that are known already
    while reach < x.shape[1]:
        x = ops.concatenate(
            [x[:, :reach], combine(x[:, reach:], x[:, :-reach])], axis=1
        )
        reach *= 2
    return x


def smooth(x):
    """Returns means over a Hann window of places, edges held: [B, N]."""
    share = np.hanning(WINDOW + 2)[1:-1].astype(np.float32)
    share /= share.sum()
    side = WINDOW // 2
    first, last = (ops.repeat(e, side, axis=1) for e in (x[:, :1], x[:, -1:]))
    x = ops.concatenate([first, x, last], axis=1)
    count = x.shape[1] - 2 * side
    parts = [share[at] * x[:, at : at + count] for at in range(WINDOW)]
    return sum(parts[1:], start=parts[0])
