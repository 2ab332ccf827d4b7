"""The command that times the PyTorch baseline.

Without PyTorch its flags alone are tried.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.benchmark import pytorch

SMALL = [
    "--width=1",
    "--length=64",
    "--latent_dim=3",
    "--batch=2",
    "--repeats=1",
    "--device=cpu",
]


def test_without_pytorch_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    pytorch.main([])
    said = capsys.readouterr()
    assert "skipped: PyTorch" in said.err and not said.out


def test_a_length_that_the_networks_cannot_make_is_refused(capsys):
    with pytest.raises(SystemExit):
        pytorch.parse(["--length=1000"])
    assert "--length=1000" in capsys.readouterr().err


def test_an_iteration_is_measured(capsys):
    pytest.importorskip("torch")
    for precision in pytorch.PRECISIONS:
        pytorch.main([*SMALL, f"--precision={precision}"])
        line = json.loads(capsys.readouterr().out)
        assert line["precision"] == precision and line["ms"] > 0
        assert np.isfinite(line["critic_loss"])


def test_it_runs_as_a_script_without_the_project(tmp_path):
    pytest.importorskip("torch")
    for name in ("pytorch", "pytorch_wavegan"):
        source = Path(pytorch.__file__).with_name(f"{name}.py")
        (tmp_path / source.name).write_bytes(source.read_bytes())
    done = subprocess.run(
        [sys.executable, "pytorch.py", *SMALL],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout)["width"] == 1, done.stderr
