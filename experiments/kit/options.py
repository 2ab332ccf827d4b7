"""What a kit is made by, whoever makes it."""

import dataclasses

from experiments.common.loading import truncation_setting
from wavegan_cond.settings import setting
from wavegan_cond.synthesis.recipe import BITS, SAMPLE_RATES


@dataclasses.dataclass(frozen=True, kw_only=True)
class KitOptions:
    """All that decides a kit beside the model and the numbers of sounds.

    Whoever makes one gives it a name in plain ASCII and a seed; the same kit
    is made for the same seed.
    """

    name: str | None = setting(
        None, "name of the kit and its files; by default kit_ and the seed"
    )
    seed: int | None = setting(
        None,
        "seed of the kit; by default a new one, which is printed",
        low=0,
        high=2**48,
    )
    truncation: float = truncation_setting(0.85)
    pool: int = setting(
        128, "sounds of each class to choose from", low=16, high=5000
    )
    fade: float = setting(
        0.08,
        "seconds before the end of the model's length in which what still "
        "rings, such as a crash, dies away; at most a quarter of it",
        low=0.0,
        high=10.0,
    )
    sample_rate: int = setting(44100, "in Hz", choices=SAMPLE_RATES)
    bits: int = setting(16, "bits of a sample", choices=BITS)
    base_url: str = setting(
        "http://localhost:5432/",
        "where Strudel finds the folder, such as github:user/repository/main",
    )
