"""The README: its programs run, its links lead somewhere, and it is short."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from tests.fixtures.environments import ROOT
from tests.fixtures.pages import PAGES

MODEL = ROOT / "experiments/results/open/model"


def program(name, page="README.md"):
    """The Python shown on a page that has ``name`` in it."""
    text = (ROOT / page).read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.S)
    (found,) = [block for block in blocks if name in block]
    return found


def test_ten_lines_of_python_make_a_sound(tmp_path, monkeypatch):
    code = program("from wavegan_cond import load_model")
    assert len([line for line in code.splitlines() if line]) <= 10
    (tmp_path / "experiments").symlink_to(ROOT / "experiments")
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    (path,) = tmp_path.glob("*.wav")
    wave, rate = soundfile.read(path)
    assert (wave.shape, rate) == ((16384,), 44100)
    assert 0.1 < np.abs(wave).max() <= 1


def test_a_saved_model_is_used_without_this_package(tmp_path, monkeypatch):
    code = program("tf.saved_model.load")
    assert "wavegan_cond" not in code
    (tmp_path / "drums_model").symlink_to(MODEL)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(code, names)
    assert names["audio"].shape == (4, 16384)


def test_folders_of_sounds_become_batches(tmp_path, library):
    code = program("load_batches", "data_prep/README.md")
    library.rename(tmp_path / "SAMPLES")
    # As a file: the processes that decode read it again.
    code += "    print(*waveforms.shape, *labels.shape)\n"
    (tmp_path / "program.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["64", "16384", "1", "64"], done.stderr


def test_the_readme_is_read_to_its_end():
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert len(lines) <= 200


def anchors(page):
    """What a link may name behind a #: the headings, as GitHub spells them."""
    headings = re.findall(r"(?m)^#+ (.*)", page.read_text("utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", text.lower()) for text in headings)
    return {text.replace(" ", "-") for text in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_what_a_page_links_to_is_there(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target
