"""Files beside those of a model that no program reads.

File managers leave some in every folder that is looked at, and people put a
licence beside what they share.
"""

import re

LICENCES = (
    "MODEL_CARD.md",
    "LICENSE",
    "LICENSE.txt",
    "LICENSE.md",
    "LICENCE",
)
_LEFT = re.compile(r"\.DS_Store|Thumbs\.db|desktop\.ini|\._.*", re.DOTALL)


def is_beside(name: str) -> bool:
    """Returns whether a file is none of the model's.

    Args:
      name: of the file in the folder of a model or a checkpoint, with "/"
        between folders; a licence stands in that folder itself.
    """
    return name in LICENCES or bool(_LEFT.fullmatch(name.rpartition("/")[2]))
