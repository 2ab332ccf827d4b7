"""The sounds of a ``sounds.json`` made again, for ``generate --again``.

A list and its models are checked before TensorFlow is loaded.
"""

import sys
from collections.abc import Mapping
from typing import Any

from experiments.common import cli, outputs, quietly, shipped
from wavegan_cond.saved_models import find_model
from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.model_info import ModelError


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
      model_path: path of the model; None for those that the list names.
      output_dir: folder to add the sounds to; None discards them.
      overwrite: whether to replace files there that are other sounds.
      **loading: keyword arguments of ``load_model``.

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
    listed = generation_log.read(list_path)["models"]
    if model_path:
        find_model.peek(model_path)
        return
    for fingerprint, model in listed.items():
        if fingerprint not in known:
            check_listed(list_path, model["path"])


def check_listed(list_path: str, model_path: str) -> None:
    """Raises UsageError if a model that a list names is not there."""
    try:
        find_model.peek(model_path)
    except ModelError as error:
        raise cli.UsageError(
            f"{list_path} is of a model that is not where it was: {error}; "
            "name it with --model"
        ) from error
