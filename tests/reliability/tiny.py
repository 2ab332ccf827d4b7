"""The smallest real run: a store of noise bursts and settings to match."""

import csv
import hashlib
import os
import pathlib
import sys

import numpy as np
import tensorflow as tf

from data_prep.store.store import Store, write_store
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.training import checkpoints
from wavegan_cond.training.run_dir import RunDir

LENGTH, TRAIN = 64, 34
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
# The same, grown from 64 samples to 256.
GROWN = ModelConfig(**{**vars(MODEL), "length": 4 * LENGTH})


def train_config(**settings) -> TrainConfig:
    """Returns six iterations of two critic updates, but for ``settings``."""
    small = {"batch_size": 4, "critic_updates": 2, "iterations": 6}
    return TrainConfig(**{**small, **settings})


def make_store(
    path: str | os.PathLike, validation: int = 6, length: int = LENGTH
) -> Store:
    """Writes a store of 34 training rows and some more, always the same."""
    random = np.random.default_rng(0)
    count = TRAIN + validation
    waves = random.integers(-20000, 20000, (count, length)).astype(np.int16)
    return write_store(
        path,
        waveforms=[waves],
        labels=np.arange(count) % len(CLASSES),
        train=TRAIN,
        classes=CLASSES,
        length=length,
        manifest=["path\n"],
        details={},
    )


def command(
    data_dir: os.PathLike, run_dir: os.PathLike, *more: str
) -> list[str]:
    """Returns the training command on a tiny store, as a user would type it."""
    return [
        sys.executable,
        "-m",
        "experiments.train",
        f"--data_dir={data_dir}",
        f"--run_dir={run_dir}",
        *FLAGS,
        *more,
    ]


def tensors(run_dir: os.PathLike) -> tuple[int, dict[str, str]]:
    """Returns a run's newest iteration and the SHA-256 of all it saved."""
    path, iteration, _ = checkpoints.latest(RunDir(run_dir).checkpoints)
    return iteration, digests(path)


def digests(checkpoint: pathlib.Path) -> dict[str, str]:
    """Returns the SHA-256 of every tensor in a checkpoint, by name."""
    reader = tf.train.load_checkpoint(str(checkpoint / checkpoints.VARIABLES))
    return {
        name: hashlib.sha256(reader.get_tensor(name).tobytes()).hexdigest()
        for name in reader.get_variable_to_shape_map()
        if not name.startswith("_CHECKPOINTABLE")
    }


def log_rows(run_dir: os.PathLike) -> list[tuple[str, ...]]:
    """Returns the lines of log.csv but for the seconds."""
    with open(RunDir(run_dir).log, newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [(row[0], *row[2:]) for row in rows]
