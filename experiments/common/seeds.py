"""Seeds of commands: one where none was given, and what is a list of them."""

import secrets
from collections.abc import Sequence

from experiments.common import cli

MAX_DRAWN = 1_000_000  # short enough to be typed


def draw() -> int:
    """Returns a new random seed, below ``MAX_DRAWN``."""
    return secrets.randbelow(MAX_DRAWN)


def check_seeds(seeds: Sequence[str]) -> None:
    """Raises UsageError unless there are seeds, and all are whole numbers."""
    if not seeds or not all(seed.isdecimal() for seed in seeds):
        raise cli.UsageError(
            f"--seeds={','.join(seeds)}: expected whole numbers, separated by "
            "commas"
        )
