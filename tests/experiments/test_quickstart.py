"""The whole way, in the smallest form: nothing, then sounds on a page."""

import dataclasses
import pathlib
import shlex
import signal
import sys

import numpy as np
import pytest

from data_prep.store.store import open_store
from experiments import quickstart
from experiments.common import (
    cli,
    quickstart_page,
    shipped,
    timed_training,
)
from tests.fixtures import stores
from tests.fixtures.runs import make_export, make_run
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.training import progress
from wavegan_cond.training.config_file import from_json

PLAN = quickstart.Plan(
    kit=25,
    sounds=2,
    steps=3,
    model={"length": 1024, "width": 2, "latent_dim": 3},
    train={"batch_size": 4, "critic_updates": 1},
)


@pytest.fixture(scope="module", autouse=True)
def small_previews():
    """One sound of a class: drawing more takes longer than all the rest."""
    options = timed_training.options
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            timed_training,
            "options",
            lambda plan: dataclasses.replace(options(plan), preview_sounds=1),
        )
        yield


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quick") / "start"
    settings = quickstart.Settings(output_dir=str(folder), minutes=0.001)
    assert quickstart.run(settings, PLAN) == 0
    return folder


def state(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path: path.stat().st_mtime_ns for path in files}


def test_it_leaves_what_it_promises(done):
    assert len(list((done / "sounds").glob("*_seed000[01].wav"))) == 6
    assert (done / "sounds" / "sheet.png").exists()
    assert len(list((done / "morph").glob("kick-snare_*.wav"))) == 4
    page = (done / "index.html").read_text(encoding="utf-8")
    for group in ("cymbal", "your cymbal", "snare of the demo kit"):
        assert f'"title": "{group}"' in page
    assert '"title": "from kick to snare, lerp from seed' in page
    assert quickstart_page.ROUGHER in page
    saved = load_model(done / "model").info
    assert saved == load_model(done / "run").info
    assert saved.iteration > timed_training.WARM_UP


def test_again_it_keeps_what_is_there(done):
    before = state(done)
    settings = quickstart.Settings(output_dir=str(done), minutes=0.001)
    assert quickstart.run(settings, PLAN) == 0
    after = state(done)
    changed = {path.name for path in before if before[path] != after[path]}
    made_again = {"index.html", "sheet.png", "sounds.json", "config.json"}
    assert before.keys() == after.keys()
    assert changed - made_again <= {"lock", "log.csv"} | {
        path.name for path in (done / "morph").glob("*.png")
    }


def test_the_shipped_model_is_heard_first(tmp_path, capsys):
    quickstart.show_first(tmp_path, PLAN)
    assert len(list((tmp_path / "first_sounds").glob("*.wav"))) == 6
    page = tmp_path / "index.html"
    assert "that comes with the project" in page.read_text(encoding="utf-8")
    assert str(page) in capsys.readouterr().out
    page.write_text("of both models")
    quickstart.show_first(tmp_path, PLAN)
    assert page.read_text() == "of both models"


def test_without_the_shipped_model_it_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shipped, "MODEL", tmp_path / "nothing")
    quickstart.show_first(tmp_path, PLAN)
    assert "going on without" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    assert quickstart_page.shipped_groups(tmp_path, PLAN.sounds) == []


@pytest.mark.parametrize("name", ["sounds", "morph", "model"])
def test_what_another_command_made_is_refused_at_once(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "kick_seed0007.wav").write_text("mine")
    settings = quickstart.Settings(output_dir=str(tmp_path), minutes=0.001)
    with pytest.raises(cli.UsageError, match=f"{name} is not of this command"):
        quickstart.run(settings, PLAN)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("classes", "length", "said"),
    [(("kick",), 1024, "one class"), (stores.CLASSES, 4096, "samples")],
)
def test_another_store_in_its_place_is_refused(tmp_path, classes, length, said):
    labels = np.arange(32) % len(classes)
    waves = np.random.default_rng(0).integers(-99, 99, (32, length), np.int16)
    stores.write(tmp_path, waves, labels, train=20, classes=classes)
    with pytest.raises(cli.UsageError, match=said):
        quickstart.train_model(
            open_store(tmp_path), tmp_path / "run", 0.001, PLAN
        )
    assert not (tmp_path / "run").exists()


def test_a_model_is_kept_and_told_where_the_run_has_another(tmp_path, capsys):
    make_export(tmp_path)
    before = state(tmp_path / "model")
    quickstart.export_model(tmp_path)
    assert "is there already" in capsys.readouterr().out
    make_run(tmp_path / "run", iteration=12, seed=1)
    with pytest.raises(cli.UsageError, match="move it away"):
        quickstart.export_model(tmp_path)
    assert state(tmp_path / "model") == before
    (tmp_path / "model").rename(tmp_path / "away")
    quickstart.export_model(tmp_path)
    assert load_model(tmp_path / "model").info.iteration == 12


@pytest.mark.slow
def test_a_stopped_training_goes_on_to_the_same_end(tmp_path, monkeypatch):
    folder = tmp_path / "start"
    store = quickstart.make_store(folder, PLAN)
    note = progress.Progress.__call__

    def interrupt(self, iteration, logs):
        note(self, iteration, logs)
        if iteration == timed_training.WARM_UP + 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(progress.Progress, "__call__", interrupt)
    monkeypatch.setattr(timed_training, "iterations_in", lambda *known: 1000)
    stopped = quickstart.train_model(store, folder / "run", 60, PLAN)
    assert stopped == signal.SIGINT
    text = (folder / "run" / "config.json").read_text()
    planned = from_json(text)[1].iterations
    assert planned > timed_training.WARM_UP + 2
    info = load_model(folder / "run").info
    # It came behind the save of that iteration, so the next one is the last.
    assert info.iteration == timed_training.WARM_UP + 3


def test_the_commands_shown_are_ones_for_a_shell(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/my tools/python")
    shown = quickstart.summary(pathlib.Path("my drums"))
    more = shown.partition("More sounds:")[2].partition("Your sounds:")[0]
    words = shlex.split(more)
    assert words[0].endswith("my tools/python")
    assert words[1:4] == [
        "-m",
        "experiments.generate",
        "--model=my drums/model",
    ]
