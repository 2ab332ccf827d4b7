"""Seeds of commands: one where none was given, and what is a list of them."""

import secrets
from collections.abc import Sequence

from experiments.common import cli

MAX_DRAWN = 1_000_000  # short enough to be typed


def draw() -> int:
    """Returns a new random seed, below ``MAX_DRAWN``."""
    return secrets.randbelow(MAX_DRAWN)


def check_seeds(seeds: Sequence[str]) -> None:
    """Raises UsageError unless these are different seeds of trainings."""
    known = all(seed.isdecimal() and len(seed) < 11 for seed in seeds)
    values = {int(seed) for seed in seeds} if known else {-1}
    if not 0 <= min(values, default=-1) <= max(values) < 2**31:
        raise cli.UsageError(
            f"--seeds={','.join(seeds)[:80]}: expected whole numbers below "
            "2**31, separated by commas"
        )
    if len(values) < len(seeds):
        raise cli.UsageError(f"--seeds={','.join(seeds)}: two are the same")
