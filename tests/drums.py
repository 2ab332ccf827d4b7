"""Procedural drums as arrays and as a store."""

import functools

import numpy as np

from data_prep import demo_kit
from data_prep.store import write_store
from data_prep.waveform import fit_length

CLASSES = ("kick", "snare", "cymbal")
LENGTH = 4096  # the shortest that every measure can hear


@functools.cache
def sound(name, seed, number):
    """Float [LENGTH]; several modules ask for the same ones."""
    return fit_length(demo_kit.sound(name, seed, number), LENGTH)


def kit(count, seed):
    """[3 * count, LENGTH] drums, class after class, and their labels."""
    waves = [
        sound(name, seed, number)
        for name in CLASSES
        for number in range(1, count + 1)
    ]
    waves = np.stack(waves).astype(np.float32)
    fade = np.linspace(1, 0, 512, dtype=np.float32)
    waves[:, -512:] *= fade
    waves[:, :16] *= np.linspace(0, 1, 16, dtype=np.float32)
    return waves, np.repeat(np.arange(3), count)


def make_store(path, train=40, validation=20):
    """A store of so many sounds of each class."""
    parts = [kit(train, 1), kit(validation, 2)]
    waves = np.concatenate([waves for waves, _ in parts])
    return write_store(
        path,
        waveforms=[np.rint(waves * 32767).astype(np.int16)],
        labels=np.concatenate([labels for _, labels in parts]),
        train=3 * train,
        classes=CLASSES,
        length=LENGTH,
        manifest=["path\n"],
        details={},
    )
