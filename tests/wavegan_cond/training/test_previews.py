"""Previews of a run, and the sounds of its weights."""

import types

import numpy as np
import pytest
import soundfile

from tests.fixtures import tiny
from wavegan_cond.plotting import panels
from wavegan_cond.schedule import Stage
from wavegan_cond.training.previews import Previews
from wavegan_cond.training.run_dir import RunDir


@pytest.mark.parametrize(
    "text", [None, "iteration;penalty\n1;0,5\n", "a,b\n1,2\n"]
)
def test_a_log_that_is_not_drawn_ends_no_training(tmp_path, capsys, text):
    run_dir = RunDir(tmp_path)
    if text is not None:
        run_dir.log.write_text(text)
    Previews._draw_losses(types.SimpleNamespace(_run_dir=run_dir))
    assert f"warning: no new loss.png: {run_dir.log}" in capsys.readouterr().err
    assert not run_dir.loss_picture.exists()


def silence(z, label):
    return np.zeros((len(z), 64), np.float32)


def test_a_preview_has_the_rate_of_its_stage(tmp_path, monkeypatch):
    monkeypatch.setattr(panels, "contact_sheet", lambda *given: None)
    monkeypatch.setattr(Previews, "_draw_losses", lambda self: None)
    stage = Stage(0, 64, 0, 9, 0, 4, 1e-4)
    run_dir = RunDir(tmp_path)
    Previews(run_dir, tiny.GROWN, stage, silence, 5, 1)(5, {})
    (path, *_) = sorted(run_dir.previews.rglob("*.wav"))
    assert soundfile.info(path).samplerate == 44100 // 4
