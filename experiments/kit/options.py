"""What a kit is made by, whoever makes it."""

import dataclasses


@dataclasses.dataclass(frozen=True, kw_only=True)
class KitOptions:
    """All that decides a kit beside the model and the numbers of sounds.

    Attributes:
      name: name of the kit and its files, plain ASCII.
      seed: the same kit for the same seed.
      truncation: scale of every latent vector.
      pool: number of sounds of each class to choose from.
      fade: seconds before the end of the model's length in which what still
        rings dies away.
      sample_rate: of the files in Hz.
      bits: of a sample, 16 or 24.
      base_url: where Strudel finds the folder.
    """

    name: str
    seed: int
    truncation: float = 0.85
    pool: int = 128
    fade: float = 0.08
    sample_rate: int = 44100
    bits: int = 16
    base_url: str = "http://localhost:5432/"
