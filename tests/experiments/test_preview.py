"""A page of what lives in a collection, and the plan of its training."""

import json
import re

import numpy as np
import pytest

from data_prep.store.store import open_store
from experiments import demo_kit, prepare_data, preview
from experiments.claims import stage_times
from experiments.common import cli
from tests.fixtures.counting import counted_rows
from tests.fixtures.runs import LENGTH, make_run
from wavegan_cond.config import ModelConfig
from wavegan_cond.schedule import make_schedule


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
        preview.make_page(store, folder, num=4, nearest=2, compare=100)
    assert rows == [len(store.classes) * preview.CANDIDATES]
    text = (folder / "index.html").read_text(encoding="utf-8")
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
    from wavegan_cond.evaluation.embedding import Embedding

    store = open_store(folder / "data")
    rows = preview.real_rows(store, 1, 100)
    embed = Embedding(store.read_rows(rows))
    points = preview.embed_rows(store, embed, rows)
    found = neighbours.nearest(points, points, 1)[:, 0]
    np.testing.assert_array_equal(found, np.arange(len(rows)))
    assert len(preview.real_rows(store, 1, 3)) == 3


def test_the_plan_fits_the_time_and_is_kept(tmp_path, monkeypatch):
    seconds = {256: 0.1, 1024: 0.2, 4096: 0.3, 16384: 0.4}
    monkeypatch.setattr(stage_times, "measure", lambda *arguments: seconds)
    model = ModelConfig(width=16, latent_dim=3)
    train = preview.plan(tmp_path, model, minutes=1, seed=5)
    stages = make_schedule(model, train)
    spent = sum(
        seconds[stage.length] * (stage.last - stage.first) for stage in stages
    )
    assert spent == pytest.approx(60, rel=0.05)
    monkeypatch.setattr(stage_times, "measure", None)
    assert preview.plan(tmp_path, model, minutes=1, seed=5) == train


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"grown": 1}', '{"grown": {"x": 1}}']
)
def test_a_damaged_plan_is_refused(tmp_path, text):
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(cli.UsageError, match=r"plan\.json is no plan"):
        preview.plan(tmp_path, None, minutes=1, seed=5)
