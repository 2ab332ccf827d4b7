"""TensorFlow as every command imports it: quiet, and with fast convolutions."""

import contextlib
import ctypes
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Information and warnings, in the two forms they have had; of the errors, that
# there is no CUDA device and that a CUDA plugin was registered twice.
CHATTER = re.compile(
    rb"WARNING: All log messages before absl|[IW]\d{4} "
    rb"|\d{4}-\d\d-\d\d .*: [IW] |To enable the following instructions"
    rb"|.*UNKNOWN ERROR \(303\)|.*no CUDA-capable device"
    rb"|.*Unable to register cu"
)
# TensorFlow reads these when it is imported: no start-up chatter; and oneDNN's
# convolutions, which it leaves out by itself on CPUs without AVX-512 or AMX,
# though a training step with them takes 0.7 times as long there. Of a GPU only
# the memory that is used: trainings side by side share it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")


def import_tensorflow() -> None:
    """Imports TensorFlow without what it prints about itself.

    From 2.17 on, TensorFlow writes some lines on standard error before it reads
    TF_CPP_MIN_LOG_LEVEL: that there is no GPU, that oneDNN is on. They would be
    the first thing a user sees of every command. Other lines still show. And a
    third of the time would go to scikit-learn and Matplotlib, which Keras
    imports for wrappers and pictures that nothing here uses.
    """
    if "tensorflow" in sys.modules:
        return
    sys.stderr.flush()
    screen = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            open_cusolver()
            with _without("sklearn", "matplotlib"):
                import tensorflow as tf

            tf.config.list_physical_devices()
            # 32 bits are 32 bits on a GPU too, not the 19 of TF32.
            tf.config.experimental.enable_tensor_float_32_execution(False)
        finally:
            sys.stderr.flush()
            os.dup2(screen, 2)
            os.close(screen)
            held.seek(0)
            for line in held:
                if not CHATTER.match(line):
                    print(
                        line.decode(errors="replace"), end="", file=sys.stderr
                    )


def open_cusolver() -> None:
    """Opens the cuSOLVER of ``tensorflow[and-cuda]``, where it is installed.

    TensorFlow 2.21 looks for the other libraries of CUDA among the packages,
    not for this one, and without it leaves the GPU alone. What is open already
    it finds.
    """
    nvidia = importlib.util.find_spec("nvidia")
    for folder in (nvidia and nvidia.submodule_search_locations) or ():
        for path in Path(folder).glob("cusolver/lib/libcusolver.so.*"):
            with contextlib.suppress(OSError):  # TensorFlow tells what is amiss
                ctypes.CDLL(str(path))


@contextlib.contextmanager
def _without(*packages: str) -> Iterator[None]:
    """Has imports of packages fail, unless they are imported already."""
    left_out = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(left_out))
    try:
        yield
    finally:
        for name in left_out:
            del sys.modules[name]
