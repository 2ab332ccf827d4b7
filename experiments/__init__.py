"""The scripts: the one place where data_prep and wavegan_cond meet."""

import importlib.util
import sys


def _say_interrupted(kind: type, error: BaseException, trace: object) -> None:
    """Tells Ctrl-C in one line, also while a command is still imported."""
    if issubclass(kind, KeyboardInterrupt):
        print("error: interrupted", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _say_interrupted

_PACKAGES = (
    "PIL",
    "absl",
    "keras",
    "librosa",
    "matplotlib",
    "numpy",
    "scipy",
    "sklearn",
    "soundfile",
    "soxr",
    "tensorboard",
    "tensorflow",
    "tensorflow_io",
    "threadpoolctl",
    "tqdm",
)


def require(*packages: str) -> None:
    """Ends the program in one line where packages are missing.

    Raises:
      SystemExit: of 2; the line says how to get them.
    """
    missing = [name for name in packages if not importlib.util.find_spec(name)]
    if missing:
        print(
            f"error: {sys.executable} lacks {', '.join(missing)}: "
            "experiments/run.sh makes an environment that has all, and "
            "pip install -e . adds them to this one",
            file=sys.stderr,
        )
        raise SystemExit(2)


# Before any script is read: this Python may be too old for its syntax.
require(*_PACKAGES)
