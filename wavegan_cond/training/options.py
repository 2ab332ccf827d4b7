"""Settings of a run that have no influence on its weights."""

import dataclasses

from wavegan_cond.settings import check_fields, setting


@dataclasses.dataclass(frozen=True)
class RunOptions:
    """What a run writes, how often, and the devices it is on."""

    checkpoint_every: int = setting(
        500, "iterations between checkpoints", low=1
    )
    keep: int = setting(3, "number of checkpoints kept", low=1)
    preview_every: int = setting(
        500, "iterations between previews; 0 disables them", low=0
    )
    preview_sounds: int = setting(
        6, "sounds of each class in a preview", low=1, high=64
    )
    tensorboard: bool = setting(True, "write TensorBoard files")
    best_by: str = setting(
        "score",
        "score: rate every checkpoint by distance and variety against held-out "
        "sounds, and never delete the best; none: do not rate",
        choices=("score", "none"),
    )
    strategy: str = setting(
        "auto",
        "auto: every GPU, else the CPU; one: the first device; mirrored: every "
        "device; multi_worker: the workers in TF_CONFIG, of which the first "
        "writes",
        choices=("auto", "one", "mirrored", "multi_worker"),
    )
    worker_timeout: int = setting(
        300, "seconds to wait for the other workers", low=1, high=86400
    )
    require_gpu: bool = setting(False, "exit rather than train on the CPU")
    xla: str = setting(
        "auto",
        "compile the training steps with XLA; auto: on a GPU",
        choices=("auto", "on", "off"),
    )
    deterministic: bool = setting(
        False,
        "ask a GPU to give the same bits from the same seed, at some cost of "
        "speed",
    )

    def __post_init__(self):
        check_fields(self)
