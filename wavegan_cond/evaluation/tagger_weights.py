"""Place of the weights of ``music_tagger``, found without loading it."""

import importlib.util
import pathlib

PACKAGE = "musicnn"
WEIGHTS = "MTT_vgg"  # trained on MagnaTagATune
INSTALL = "pip install --no-deps musicnn==0.1.0"


class MissingWeightsError(RuntimeError):
    """The package with the weights is not installed."""

    exit_code = 2


def find_weights() -> str:
    """Returns the prefix of the checkpoint, without importing the package.

    Raises:
      MissingWeightsError: it is not there.
    """
    spec = importlib.util.find_spec(PACKAGE)
    for place in (spec and spec.submodule_search_locations) or ():
        folder = pathlib.Path(place) / WEIGHTS
        if (folder / ".index").exists():  # the name of the checkpoint is empty
            return f"{folder}/"
    raise MissingWeightsError(
        f"the weights of {PACKAGE} are not there: {INSTALL}"
    )
