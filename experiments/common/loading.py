"""The model that a command works with: its flags, and how it is loaded."""

import dataclasses
from typing import Any

from experiments.common import quietly
from wavegan_cond.settings import setting


@dataclasses.dataclass(frozen=True, kw_only=True)
class LoadingSettings:
    """Flags for loading a run folder or a SavedModel."""

    checkpoint: str = setting(
        "auto",
        "checkpoint of a run folder: best, newest or an iteration; auto: the "
        "best where checkpoints were scored, else the newest",
    )
    full_rate: bool = setting(
        False,
        "resample the sounds of a run that is still growing to the full length "
        "and rate",
    )
    trust_model: bool = setting(
        False,
        "load a SavedModel without checking it; such a file can run any code",
    )


def truncation_setting(default: float = 1.0) -> Any:
    """Returns the field behind --truncation."""
    return setting(
        default,
        "scale of every latent vector that is drawn: below 1 fewer sounds are "
        "odd, and they are more alike",
        low=1e-3,
        high=1.0,
    )


def model_loading(values: Any) -> dict[str, Any]:
    """Returns the arguments of ``load.load_model`` beside the path.

    Args:
      values: flags, or a dataclass, with the fields of ``LoadingSettings``.
    """
    return {
        "checkpoint": values.checkpoint,
        "trust": values.trust_model,
        "full_rate": values.full_rate,
    }


def load_model(settings: Any) -> Any:
    """Loads TensorFlow; returns the ``Synth`` that settings name.

    Args:
      settings: flags, or a dataclass, with ``model`` and the fields of
        ``LoadingSettings``.

    Raises:
      ModelError: it cannot be used.
    """
    quietly.import_tensorflow()
    from wavegan_cond.saved_models import load

    return load.load_model(settings.model, **model_loading(settings))
