"""Previews of a run, and the sounds of its weights."""

import dataclasses
import types

import numpy as np
import pytest
import soundfile

from tests.fixtures import tiny
from wavegan_cond.plotting import panels
from wavegan_cond.schedule import Stage
from wavegan_cond.training import loop
from wavegan_cond.training.previews import (
    Previews,
    fit_equalizer,
    preview_function,
)
from wavegan_cond.training.run_callbacks import (
    make_spectra,
)
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.strategy import make_strategy


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


def test_without_labels_no_sounds_are_made_twice_to_fit_the_equalizer(store):
    model = dataclasses.replace(tiny.MODEL, conditioning="none", match_eq=True)
    gan = loop.build(model, tiny.train_config(), make_strategy())
    generate, asked = preview_function(gan, model), []

    def asking(z, label):
        asked.append(set(label))
        return generate(z, label)

    fit_equalizer(gan, model, asking, make_spectra(store, model, model.length))
    assert asked == [{0}]
    taps = gan.match_eq.taps.numpy()
    assert len(taps) == len(model.classes) and np.ptp(taps, axis=0).max() == 0
    assert np.ptp(taps[0, 1:]) > 0


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
