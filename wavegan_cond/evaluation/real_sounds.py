"""What a model is measured against and trained on, wherever it comes from."""

from typing import Protocol

import numpy as np


class RealSounds(Protocol):
    """Real sounds with their labels; a store of ``data_prep`` is one.

    Attributes:
      classes: names of the classes; a label is an index into them.
      sample_rate: in Hz.
      waveforms: int16 [N, T], the training sounds first.
      labels: int32 [N].
      train: number of training sounds.
      fingerprint: SHA-256 of all that training sees.
    """

    classes: tuple[str, ...]
    sample_rate: int
    waveforms: np.ndarray
    labels: np.ndarray
    train: int
    fingerprint: str

    def read_rows(self, rows: np.ndarray) -> np.ndarray:
        """Returns int16 [n, T]: the given rows, in the given order."""

    def rows(self, side: str) -> slice:
        """Returns the rows of a side: "train", "validation" or "test"."""

    def groups(self) -> np.ndarray:
        """Returns the kit or folder of each row, str [N]; empty for none."""

    def split(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Returns (int16 [n, T], int32 [n]) of a side, such as "train"."""
