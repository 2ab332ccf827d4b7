"""The licence of a kit: what the maker of the model says of its sounds."""

import pathlib

from wavegan_cond.storage.beside import LICENCES
from wavegan_cond.storage.untrusted import read_text
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo

MAX_BYTES = 1 << 20


def find_texts(model: pathlib.Path) -> dict[str, str]:
    """Returns what stands beside a model about its licence, by file name.

    Looked for are a model card and a licence in the model's folder, and a card
    in the folder around it; a licence there may be that of something else.

    Args:
      model: folder of the model.

    Raises:
      ModelError: such a file cannot be read.
    """
    model = model.absolute()
    places = [model / name for name in LICENCES]
    places.append(model.parent / LICENCES[0])
    texts = {}
    for path in places:
        if path.name not in texts and path.is_file():
            try:
                texts[path.name] = read_text(path, MAX_BYTES)
            except (OSError, ValueError) as error:
                raise ModelError(f"{path} cannot be read: {error}") from error
    return texts


def text(info: ModelInfo, texts: dict[str, str]) -> str:
    """Returns the content of a kit's licence file.

    Args:
      info: description of the model.
      texts: see ``find_texts``.
    """
    head = (
        "The sounds of this kit were made by a generative model of\n"
        f"wavegan-cond: iteration {info.iteration}, fingerprint\n"
        f"{info.fingerprint}.\n\n"
    )
    if not texts:
        return head + (
            "No licence and no model card stood beside that model. Nothing is\n"
            "known of what its maker grants: ask them, and whoever owns the\n"
            "sounds that it learned from, before you publish these.\n"
        )
    named = " and ".join(texts)
    return (
        f"{head}The maker of the model grants for them what {named},\n"
        "copied below, says, and nothing more.\n"
        + "".join(
            f"\n---- {name} ----\n\n{content.strip()}\n"
            for name, content in texts.items()
        )
    )


def summary(texts: dict[str, str]) -> str:
    """Returns the licence in one line."""
    if texts:
        return f"see LICENSE.txt: what {' and '.join(texts)} of the model says"
    return "unknown: no licence stood beside the model"
