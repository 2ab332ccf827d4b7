"""A plan that is made once and kept as JSON, for the command that resumes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from experiments.common import cli
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.storage.untrusted import one_line, read_json
from wavegan_cond.synthesis.recipe import INVALID

MAX_BYTES = 1 << 20
T = TypeVar("T")


def keep(path: Path, make: Callable[[], dict], read: Callable[[Any], T]) -> T:
    """Returns what a plan says, which is made and written if it is not there.

    Args:
      path: of the plan.
      make: returns a new plan.
      read: returns what its JSON says. It may raise what JSON of another shape
        raises where it is used, and UsageErrors of its own.

    Raises:
      UsageError: what is there is no such plan.
    """
    if not path.exists():
        write_text(path, json.dumps(make(), indent=2) + "\n")
    try:
        return read(read_json(path, MAX_BYTES))
    except (OSError, *INVALID) as error:
        raise cli.UsageError(
            f"{path} is no plan of this program ({one_line(error)}): remove it "
            "to plan anew, or choose another --output_dir"
        ) from error
