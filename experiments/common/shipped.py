"""The model that comes with the project, for whoever names none."""

import dataclasses
import pathlib
from typing import Any, TypeVar

from experiments.common import cli
from wavegan_cond.saved_models import find_model
from wavegan_cond.settings import setting

Settings = TypeVar("Settings")
NAME = "experiments/results/open/model"  # from the root of the project
MODEL = pathlib.Path(__file__).parents[2] / NAME


def model_setting() -> Any:
    """Returns the field behind a --model that may be left out."""
    return setting(
        None,
        "run folder or SavedModel; by default the model that comes with the "
        "project",
    )


def choose(path: str | None) -> str:
    """Returns ``path``, or where the shipped model is.

    Raises:
      UsageError: there is no path, and this installation has no model.
    """
    if path:
        return path
    if not MODEL.exists():
        raise cli.UsageError(
            f"the model that comes with the project is not in {MODEL}: name "
            "one with --model"
        )
    return str(MODEL)


def fingerprint() -> str | None:
    """Returns the fingerprint of the shipped model, None without one."""
    info = find_model.peek(MODEL) if MODEL.exists() else None
    return info and info.fingerprint


def recorded_path(path: str, model: str) -> str:
    """Returns what a list of sounds says of where their model was.

    Args:
      path: as it was given. Of the shipped model it is left out, with the home
        of who made the sounds in it.
      model: its fingerprint.
    """
    return NAME if model == fingerprint() else path


def fill(settings: Settings) -> Settings:
    """Returns settings whose ``model`` is named, see ``choose``."""
    return dataclasses.replace(settings, model=choose(settings.model))
