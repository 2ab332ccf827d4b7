"""Where the models of a ``sounds.json`` are, before TensorFlow is loaded."""

import os
from collections.abc import Collection, Mapping

from wavegan_cond.saved_models.find_model import is_saved_model
from wavegan_cond.synthesis.model_info import ModelError
from wavegan_cond.synthesis.recipe import SoundListError


def find(
    list_path: str | os.PathLike,
    models: Mapping[str, Mapping],
    known: Mapping[str, str],
    but: Collection[str] = (),
) -> dict[str, str]:
    """Returns the paths of listed models by fingerprint.

    Args:
      list_path: path of the ``sounds.json``.
      models: its ``models``.
      known: paths by fingerprint, in the place of those in the list.
      but: fingerprints of models that are left out.

    Raises:
      SoundListError: there is no model in one of these places.
    """
    places = {
        fingerprint: known.get(fingerprint, listed["path"])
        for fingerprint, listed in models.items()
        if fingerprint not in but
    }
    for path in places.values():
        try:
            is_saved_model(path)
        except ModelError as error:
            raise SoundListError(
                f"{list_path} is of a model that is not where it was: {error}; "
                "put it back, or name it with --model"
            ) from error
    return places
