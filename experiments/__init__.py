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
    "absl",
    "keras",
    "librosa",
    "matplotlib",
    "numpy",
    "scipy",
    "sklearn",
    "soundfile",
    "soxr",
    "starlette",
    "tensorboard",
    "tensorflow",
    "tensorflow_io",
    "threadpoolctl",
    "tqdm",
    "uvicorn",
)
_missing = [name for name in _PACKAGES if not importlib.util.find_spec(name)]
if _missing:
    # Before any script is read: this Python may be too old for its syntax.
    print(
        f"error: {sys.executable} lacks {', '.join(_missing)}: "
        "experiments/run.sh makes an environment that has all, and "
        "pip install -e . adds them to this one",
        file=sys.stderr,
    )
    raise SystemExit(2)
