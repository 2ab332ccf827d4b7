"""What stands beside a model about its licence, for what is made of it."""

import pathlib

from wavegan_cond.storage.beside import LICENCES
from wavegan_cond.storage.untrusted import read_text
from wavegan_cond.synthesis.model_info import ModelError

MAX_BYTES = 1 << 20


def find(model: pathlib.Path) -> dict[str, str]:
    """Returns the words of a model's maker, by file name.

    Looked for are a model card and a licence in the model's folder, and a card
    in the folder around it; a licence there may be that of something else.

    Args:
      model: folder of the model.

    Raises:
      ModelError: such a file cannot be read.
    """
    texts, card = read(model), LICENCES[:1]
    if card[0] not in texts:
        texts = read(model.absolute().parent, card) | texts
    return texts


def read(
    folder: pathlib.Path, names: tuple[str, ...] = LICENCES
) -> dict[str, str]:
    """Returns those of the files that are in a folder, by name.

    Raises:
      ModelError: one cannot be read.
    """
    texts = {}
    for path in (folder / name for name in names):
        if path.is_file():
            try:
                texts[path.name] = read_text(path, MAX_BYTES)
            except (OSError, ValueError) as error:
                raise ModelError(f"{path} cannot be read: {error}") from error
    return texts
