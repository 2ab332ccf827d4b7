"""The licence of a kit: what the maker of the model says of its sounds."""

from wavegan_cond.synthesis.model_info import ModelInfo


def text(info: ModelInfo, texts: dict[str, str]) -> str:
    """Returns the content of a kit's licence file.

    Args:
      info: description of the model.
      texts: see ``licences.find``.
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
