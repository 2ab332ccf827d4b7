"""The formats of an export, and what they need.

Imports no TensorFlow, so that a command checks its flags before it does.
"""

import importlib.util
from collections.abc import Sequence

# Packages that are not installed with this one.
FORMATS = {
    "saved_model": (),
    "serving": (),
    "litert": (),
    "onnx": ("onnx", "onnxruntime", "tf2onnx"),
}


class FormatError(ValueError):
    """A format that cannot be written; the message says why."""

    exit_code = 2


def check_formats(formats: Sequence[str]) -> None:
    """Checks names of formats, and that their packages are there.

    Raises:
      FormatError: there is no such format, it is named twice or none is, or it
        lacks packages.
    """
    known = ", ".join(FORMATS)
    if not formats or len(set(formats)) < len(formats):
        raise FormatError(
            f"--formats={','.join(formats)}: expected each once, of {known}"
        )
    for name in formats:
        if name not in FORMATS:
            raise FormatError(f"--formats={name:.50}: expected some of {known}")
        check_packages(name, FORMATS[name])


def check_packages(name: str, packages: Sequence[str]) -> None:
    """Raises FormatError if a format's packages are not there."""
    missing = [each for each in packages if not importlib.util.find_spec(each)]
    if missing:
        raise FormatError(
            f"{name} needs {', '.join(missing)}: "
            "pip install -e '.[formats]' installs what is missing"
        )
