"""Advice on a store before a training on it: its size, and the time."""

import time
from collections.abc import Iterator

import numpy as np

from data_prep.store.store import Store
from experiments.common.preflight import FEWEST_HELD_OUT
from wavegan_cond.training import precision

FEW = 100  # training sounds; the shipped models learned from hundreds
# Of best.flags: the length it is for, its iterations, and the operations of
# one of them, see ``common.operations``.
LENGTH, ITERATIONS, GFLOP = 16384, 7000, 58.3
# How fast a training is, of the speed of NumPy's matrix product in float32, as
# measured on two cores each: in bfloat16 on an AMD Zen 4 (with AMX it is
# faster), in float32 on a Zen 3.
SHARE_BFLOAT16, SHARE_FLOAT32 = 0.5, 0.28
SIZE = 1024  # of the matrices


def advise(store: Store) -> Iterator[str]:
    """Yields what to know before a training on this store."""
    labels = store.split("validation")[1]
    held_out = np.bincount(labels, minlength=len(store.classes))
    few = [
        f"{number} {name}"
        for name, number in zip(store.classes, held_out, strict=True)
        if number < FEWEST_HELD_OUT
    ]
    if few and store.info["settings"]["validation"]:
        yield (
            f"few sounds are held out ({', '.join(few)}): evaluate wants "
            f"{FEWEST_HELD_OUT} of each class; add sounds, or raise "
            "--validation"
        )
    if store.train < FEW:
        yield (
            f"only {store.train} sounds to train on: so few train poorly; some "
            "hundred of each class are a good beginning"
        )
    if store.length == LENGTH:
        fast = precision.cpu_has_bfloat16(precision.CPU_INFO)
        hours = training_hours(matmul_speed(), fast)
        yield (
            "a training with experiments/configs/best.flags takes very roughly "
            f"{in_words(hours)} on this machine's CPU, by its speed right now"
        )


def training_hours(gflops: float, bfloat16: bool) -> float:
    """Returns roughly how long a training with ``best.flags`` takes.

    Args:
      gflops: speed of a matrix product in float32, in GFLOP/s.
      bfloat16: whether the CPU multiplies bfloat16 itself.
    """
    share = SHARE_BFLOAT16 if bfloat16 else SHARE_FLOAT32
    return ITERATIONS * GFLOP / (gflops * share) / 3600


def matmul_speed(repeats: int = 5) -> float:
    """Returns the best speed of NumPy's matrix product, in GFLOP/s."""
    matrix = np.ones([SIZE, SIZE], np.float32)
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        matrix @ matrix
        seconds.append(time.perf_counter() - started)
    return 2e-9 * SIZE**3 / min(seconds)


def in_words(hours: float) -> str:
    """Returns a time with one digit that counts: 40 minutes, 3 hours."""
    if hours < 1.9:
        return f"{max(10, round(6 * hours) * 10)} minutes"
    return f"{hours:.0f} hours"
