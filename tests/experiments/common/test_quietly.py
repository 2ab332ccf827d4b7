"""What of TensorFlow's start is shown."""

import _ctypes
import os
import shutil
import sys

import pytest

from experiments.common.quietly import CHATTER
from tests.fixtures.environments import ROOT
from tests.fixtures.processes import printed

CHAT = (
    b"WARNING: All log messages before absl::InitializeLog() is called",
    b"I0000 00:00:1795376920.256956   11014 port.cc:153] oneDNN custom",
    b"E0000 00:00:1 9 cuda_platform.cc:52] failed call to cuInit: "
    b"INTERNAL: CUDA error: Failed call to cuInit: UNKNOWN ERROR (303)",
    b"E0000 00:00:1 9 cuda_dnn.cc:1] Unable to register cuDNN factory",
    b"2024-05-01 10:00:00.1: I tensorflow/core/util/port.cc:113] oneDNN",
    b"2024-05-01 10:00:00.1: W tensorflow/compiler/tf2tensorrt/utils/py",
    b"To enable the following instructions: AVX2 FMA, in other operations",
)
NEWS = (
    b"Traceback (most recent call last):",
    b"ImportError: libcudart.so: cannot open shared object file",
    b"E0000 00:00:1 9 memory.cc:52] out of memory",
    b"E0000 00:00:1 9 cuda.cc:1] CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
    b"2024-05-01 10:00:00.1: E tensorflow/core/x.cc:1] Check failed",
    b"2024-05-01 10:00:00.1: F tensorflow/core/x.cc:1] Check failed",
)


@pytest.mark.parametrize("line", [*CHAT, *NEWS])
def test_chatter_is_hidden_and_news_are_shown(line):
    assert bool(CHATTER.match(line)) == (line in CHAT)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_cusolver_is_opened_where_it_is_installed(tmp_path):
    """With another library in its place; a broken one is passed over."""
    folder = tmp_path / "nvidia" / "cusolver" / "lib"
    folder.mkdir(parents=True)
    code = (
        "from experiments.common import quietly; quietly.open_cusolver();"
        "print(open('/proc/self/maps').read().count('libcusolver.so.11'))"
    )

    def count():
        path = f"{tmp_path}:{ROOT}"
        return int(printed(code, {**os.environ, "PYTHONPATH": path}))

    library = folder / "libcusolver.so.11"
    assert count() == 0
    library.write_text("no library")
    assert count() == 0
    shutil.copy(_ctypes.__file__, library)
    assert count() > 0


@pytest.mark.parametrize(("own", "expected"), [(None, "1"), ("0", "0")])
def test_convolutions_are_onednns_unless_a_user_says_no(own, expected):
    """TensorFlow reads it when it is imported, which takes longer than this."""
    name = "TF_ENABLE_ONEDNN_OPTS"
    code = (
        "import os; from experiments.common import quietly;"
        f"print(os.environ[{name!r}])"
    )
    environment = {key: os.environ[key] for key in os.environ.keys() - {name}}
    if own:
        environment[name] = own
    assert printed(code, environment) == f"{expected}\n"
