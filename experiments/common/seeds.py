"""A seed for the commands that were given none."""

import secrets

MAX_DRAWN = 1_000_000  # short enough to be typed


def draw() -> int:
    """Returns a new random seed, below ``MAX_DRAWN``."""
    return secrets.randbelow(MAX_DRAWN)
