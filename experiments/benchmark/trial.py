"""What a benchmark times, and how often."""

import dataclasses


@dataclasses.dataclass(frozen=True, kw_only=True)
class Trial:
    """What the parts of the benchmark time.

    Attributes:
      widths: base widths of the networks (d).
      repeats: turns that each version takes.
      batch_size: examples of one update.
      length: samples of a sound.
      input_dir: sounds to prepare; None for the demo kit.
    """

    widths: tuple[int, ...]
    repeats: int
    batch_size: int
    length: int
    input_dir: str | None = None
