"""A page of what lives in a collection, and the plan of its training."""

import json
import re
import time

import numpy as np
import pytest

from data_prep.store.store import open_store
from experiments import demo_kit, prepare_data, preview
from experiments.common import cli, preview_page, stage_times
from experiments.common.steps import Steps
from tests.fixtures import commands, drums, stores
from tests.fixtures.counting import counted_rows
from tests.fixtures.runs import LENGTH, make_run
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import make_schedule
from wavegan_cond.training.config_file import to_json
from wavegan_cond.training.run_dir import RunDir

SETTINGS = preview.Settings(
    data_dir="", output_dir="", num=4, nearest=2, compare=100
)
SECONDS = {256: 0.1, 1024: 0.2, 4096: 0.3, 16384: 0.4}
COMPILING = {256: 1.0, 1024: 2.0, 4096: 3.0, 16384: 4.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("preview")
    demo_kit.run(demo_kit.Settings(output_dir=str(folder / "kit"), num=12))
    prepare_data.run(
        prepare_data.Settings(
            input_dir=(str(folder / "kit"),),
            output_dir=str(folder / "data"),
            length=LENGTH,
            workers=1,
        )
    )
    make_run(folder / "run")
    return folder


def test_the_page_shows_made_sounds_and_real_ones_by_name(folder):
    store = open_store(folder / "data")
    with counted_rows() as rows:
        preview_page.write(store, folder, SETTINGS, Steps(1))
    assert rows == [len(store.classes) * preview_page.CANDIDATES]
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert "closer to noise" in text  # after so few iterations
    data = re.search(r'id="data"[^>]*>(.*?)</script>', text, re.S)[1]
    groups = json.loads(data)
    assert [group["title"] for group in groups[:3]] == [
        "kick",
        "kick: nearest real sound",
        "kick: next real sound",
    ]
    assert len(groups) == 3 * 3
    assert all(len(group["sounds"]) == 4 for group in groups)
    there = {path.name for path in (folder / "kit" / "kick").iterdir()}
    nearest = [sound["name"] for sound in groups[1]["sounds"]]
    following = [sound["name"] for sound in groups[2]["sounds"]]
    assert set(nearest) | set(following) <= there
    assert all(a != b for a, b in zip(nearest, following, strict=True))


def test_a_real_sound_is_its_own_nearest(folder):
    from wavegan_cond.evaluation import neighbours
    from wavegan_cond.evaluation.embedding import Embedding, hear

    store = open_store(folder / "data")
    rows = preview_page.real_rows(store, 1, 100)
    embed = Embedding.of(hear(store.read_rows(rows)))
    points = preview_page.embed_rows(store, embed, rows)
    found = neighbours.nearest(points, points, 1)[:, 0]
    np.testing.assert_array_equal(found, np.arange(len(rows)))
    assert len(preview_page.real_rows(store, 1, 3)) == 3


def test_too_few_sounds_are_told_before_a_plan(tmp_path):
    rows = np.zeros((31, 16384), np.int16)
    labels = np.arange(31) % 3
    stores.write(tmp_path / "data", rows, labels, 31)
    flags = {"data_dir": tmp_path / "data", "output_dir": tmp_path / "out"}
    with pytest.raises(cli.UsageError, match=r"31 .*preview needs 32: add"):
        commands.call(preview, **flags)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_tensorflow_cannot_open_is_told_first(tmp_path):
    flags = {"data_dir": "nowhere", "output_dir": f"{tmp_path}/\udcff"}
    with pytest.raises(cli.UsageError, match="is not UTF-8"):
        commands.call(preview, **flags)


def test_the_plan_fits_the_time_and_is_kept(tmp_path, monkeypatch):
    times = (SECONDS, COMPILING)
    monkeypatch.setattr(stage_times, "estimate", lambda *arguments: times)
    model = ModelConfig(width=16, latent_dim=3)
    end = time.monotonic() + 70
    planned = preview.plan(tmp_path, model, end, seed=5)
    assert planned[1] == COMPILING
    stages = make_schedule(model, planned[0])
    spent = sum(
        SECONDS[stage.length] * (stage.last - stage.first) for stage in stages
    )
    assert spent == pytest.approx(60, rel=0.05)
    monkeypatch.setattr(stage_times, "estimate", None)
    assert preview.plan(tmp_path, model, end, seed=5) == planned


@pytest.mark.parametrize(
    "left, each", [(110, 100), (15, 40), (6.5, 55), (3, 20), (0, 2)]
)
def test_a_short_time_is_for_the_stages_that_fit(left, each):
    found = preview.iterations_of_stage(left, SECONDS, COMPILING)
    assert found == pytest.approx(each, abs=1)


def test_fewer_real_sounds_are_looked_at_in_a_short_time():
    assert preview_page.affordable(20000, float("inf"), 3) == 20000
    assert preview_page.affordable(20000, 6000, 3) == 1000
    assert preview_page.affordable(20000, -5, 3) == preview_page.LEAST_COMPARED
    assert preview_page.affordable(50, -5, 3) == 50


def test_a_page_says_what_too_little_training_is(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    train = TrainConfig(**stage_times.grown(200))
    (run / "config.json").write_text(to_json(ModelConfig(), train))
    assert preview_page.too_little(tmp_path, 801) == ""
    assert "before the last stage" in preview_page.too_little(tmp_path, 600)
    assert "for 600 iterations only" in preview_page.too_little(tmp_path, 600)
    train = TrainConfig(**stage_times.grown(20))
    (run / "config.json").write_text(to_json(ModelConfig(), train))
    assert "for 80 iterations only:" in preview_page.too_little(tmp_path, 80)


def test_when_the_time_is_over_it_saves_and_makes_the_page(
    tmp_path, monkeypatch, capsys
):
    """A small model, and far more iterations than there is time for."""
    drums.make_store(tmp_path / "data", train=12, validation=1)
    model = ModelConfig(length=drums.LENGTH, width=1, latent_dim=3)
    stages = "64:100000,256:100000,1024:100000,4096:100000"
    train = TrainConfig(
        batch_size=4, critic_updates=1, iterations=400_000, stages=stages
    )
    monkeypatch.setattr(preview, "make_model", lambda store: model)
    monkeypatch.setattr(preview, "plan", lambda *_: (train, COMPILING))
    folder = tmp_path / "out"
    flags = {"data_dir": tmp_path / "data", "output_dir": folder}
    assert commands.call(preview, minutes=0.1, num=4, **flags) == 0
    said = capsys.readouterr()
    assert "the time is over: stopped and saved" in said.err
    assert said.out.splitlines()[-1].startswith("open ")
    done = RunDir(folder / "run").last_saved()
    assert 1 <= done < 100_000
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert f"Trained for {done} iterations only, before the last" in page
    assert page.count('"wav"') == 3 * 4 * 3  # made, nearest, next
