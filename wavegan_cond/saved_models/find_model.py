"""Reads what a model is before TensorFlow is loaded.

A wrong class or a wrong latent vector is then told at once.
"""

import os
import pathlib

from wavegan_cond.storage.untrusted import read_json
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo, from_fields
from wavegan_cond.training.run_dir import RunDir

INFO = "info.json"  # of a SavedModel: the text of its signature "info"
MAX_BYTES = 1 << 20
UNKNOWN = "0" * 64  # fingerprint of weights that were not read


def is_saved_model(path: str | os.PathLike) -> bool:
    """Returns whether a folder is a SavedModel, and not a run folder.

    Raises:
      ModelError: it is neither.
    """
    path = pathlib.Path(path)
    try:
        if (path / "saved_model.pb").is_file():
            return True
        is_run, is_file = RunDir(path).config.is_file(), path.is_file()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error
    if is_run:
        return False
    if is_file:
        raise ModelError(
            f"{path} is a file: a model is a run folder or the folder of a "
            "SavedModel, nothing else is loaded"
        )
    raise ModelError(
        f"{path} is neither a run folder (config.json) nor a SavedModel "
        "(saved_model.pb)"
    )


def peek(path: str | os.PathLike) -> ModelInfo | None:
    """Returns the description of a model, without its weights.

    Of a run, iteration and fingerprint are left out, and the length is that of
    the full networks.

    Args:
      path: path of a run folder or a SavedModel.

    Returns:
      The description; None if it is not there to be read, as in SavedModels of
      earlier versions. Loading the model says what is wrong.

    Raises:
      ModelError: the folder is neither.
    """
    path = pathlib.Path(path)
    try:
        if is_saved_model(path):
            return from_fields(read_json(path / INFO, MAX_BYTES))
        model, _, _ = RunDir(path).read_config()
    except ModelError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return ModelInfo(
        sample_rate=model.sample_rate,
        length=model.length,
        classes=model.classes,
        latent_dim=model.latent_dim,
        prior=model.prior,
        iteration=0,
        fingerprint=UNKNOWN,
        conditional=model.conditioning != "none",
    )
