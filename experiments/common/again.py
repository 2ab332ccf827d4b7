"""The sounds of a ``sounds.json`` made again, for ``generate --again``.

A list and its models are checked before TensorFlow is loaded.
"""

import sys
from collections.abc import Mapping
from typing import Any

from experiments.common import outputs, quietly, shipped
from wavegan_cond.saved_models import find_model, listed_models
from wavegan_cond.synthesis import generation_log


def replay(
    list_path: str,
    model_path: str | None,
    output_dir: str | None,
    overwrite: bool = False,
    **loading: Any,
) -> int:
    """Makes the sounds of a list again, and prints which of them differ.

    Args:
      list_path: path of the ``sounds.json``.
      model_path: path of one of the models; None for those that the list
        names. It stands for what it is, the others are where the list says.
      output_dir: folder to add the sounds to; None discards them.
      overwrite: whether to replace files there that are other sounds.
      **loading: keyword arguments of ``load_model``, for the model that is
        named, else for all.

    Returns:
      The exit code: 1 if a sound differs from the recorded one, else 0.

    Raises:
      SoundListError, ModelError, UsageError, WriteError: the list, its models
        or the folder cannot be used.
    """
    known = known_places()
    check_list(list_path, model_path, output_dir, known)
    quietly.import_tensorflow()
    from wavegan_cond.saved_models.replay import reproduce

    count, different = reproduce(
        list_path, model_path, output_dir, overwrite, known, **loading
    )
    print(f"{count - len(different)} of {count} files are the same")
    for name in different:
        print(f"differs: {name}", file=sys.stderr)
    return 1 if different else 0


def known_places() -> dict[str, str]:
    """Returns where models are by fingerprint, whatever a list says of them.

    That is the shipped model, if it is there.
    """
    model = shipped.fingerprint()
    return {model: str(shipped.MODEL)} if model else {}


def check_list(
    list_path: str,
    model_path: str | None,
    output_dir: str | None,
    known: Mapping[str, str],
) -> None:
    """Checks a list, its models and the folder before TensorFlow is loaded.

    Raises:
      SoundListError, ModelError, UsageError, WriteError: one of them is wrong.
    """
    if output_dir:
        outputs.check_output(output_dir)
    listed, named = generation_log.read(list_path)["models"], set()
    if model_path:
        info = find_model.peek(model_path)
        named = {info.fingerprint} & listed.keys() if info else set()
        if not named:
            return  # which of them it is, is known when it is loaded
    listed_models.find(list_path, listed, known, named)
