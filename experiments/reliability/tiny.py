"""The smallest real run: a store of noise bursts and settings to match."""

import numpy as np

from data_prep.store import Store, write_store
from wavegan_cond.config import ModelConfig, TrainConfig

LENGTH, SOUNDS = 64, 40
CLASSES = ("kick", "snare", "cymbal")
MODEL = ModelConfig(
    length=LENGTH, width=2, latent_dim=3, embedding_dim=4, classes=CLASSES
)
FLAGS = [
    f"--length={LENGTH}",
    "--width=2",
    "--latent_dim=3",
    "--embedding_dim=4",
    "--batch_size=4",
    "--critic_updates=2",
]


def train_config(**settings) -> TrainConfig:
    small = {"batch_size": 4, "critic_updates": 2, "iterations": 6}
    return TrainConfig(**{**small, **settings})


def make_store(path) -> Store:
    random = np.random.default_rng(0)
    waves = random.integers(-20000, 20000, (SOUNDS, LENGTH)).astype(np.int16)
    return write_store(
        path,
        waveforms=[waves],
        labels=random.integers(0, len(CLASSES), SOUNDS),
        train=SOUNDS - 6,
        classes=CLASSES,
        length=LENGTH,
        manifest=["path\n"],
        details={},
    )
