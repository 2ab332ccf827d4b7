"""The page and the report of a model that has learned nothing."""

import json
import re

import numpy as np
import pytest

from experiments import evaluate
from experiments.common import cli, evaluation_page, evaluation_tables
from tests.fixtures import commands, drums, runs
from tests.fixtures.counting import counted_rows
from wavegan_cond.evaluation import latent_space, measure_model
from wavegan_cond.evaluation.measures import MEASURES, Measure
from wavegan_cond.evaluation.report import RELIABLE

SHOWN, STEPS, SWEPT = 3, 4, 3


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A store, a model of its length, and two small evaluations of it."""
    folder, rows = tmp_path_factory.mktemp("evaluate"), {}
    drums.make_store(folder / "data")
    runs.make_run(folder / "run", length=drums.LENGTH, width=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latent_space, "PATHS", 3)
        patch.setattr(latent_space, "STEPS", 8)
        patch.setattr(latent_space, "DIRECTIONS", 40)
        patch.setattr(measure_model, "EPOCHS", 6)
        patch.setattr(evaluation_page, "STEPS", STEPS)
        sweep = np.linspace(-2.5, 2.5, SWEPT)
        patch.setattr(evaluation_page, "SWEEP", sweep)
        for name in ("one", "two"):
            with counted_rows() as rows[name]:
                call(folder, output_dir=folder / name)
    assert rows["one"] == rows["two"]
    folder.joinpath("rows.json").write_text(json.dumps(rows["one"]))
    return folder


def call(folder, **changes):
    settings = {
        "model": folder / "run",
        "data_dir": folder / "data",
        "output_dir": folder / "other",
        "shown": SHOWN,
        **changes,
    }
    commands.call(evaluate, **settings)


@pytest.fixture(scope="module")
def report(place):
    return json.loads((place / "one/report.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def page(place):
    return (place / "one/index.html").read_text("utf-8")


def test_the_same_seed_gives_the_same_bytes(place):
    for name in ("report.json", "index.html"):
        one, two = ((place / of / name).read_bytes() for of in ("one", "two"))
        assert one == two


def test_the_report_says_what_was_drawn(report, page):
    assert (report["num"], report["seed"], report["truncation"]) == (300, 0, 1)
    assert "truncation 1," in page
    assert report["side"] == "validation"
    assert "the real sounds of the validation side" in page


def test_every_sound_is_made_once(place):
    classes, paths, directions, size = len(drums.CLASSES), 3, 40, 3
    steps = 8  # see ``place``
    report = 300 + 2 * paths * steps + directions + 4 * 2 * size
    page = 2 * STEPS + 3 * SWEPT  # two paths, three sweeps; the rest is there
    rows = json.loads(place.joinpath("rows.json").read_text())
    assert sum(rows) == classes * (report + page)


def test_every_measure_stands_between_its_floor_and_its_ceiling(report):
    for of in ("generated", "perfect", "noise"):
        assert set(report[of]["classes"]) == set(drums.CLASSES)
        for figures in report[of]["classes"].values():
            assert set(MEASURES) <= set(figures)
    for name in drums.CLASSES:
        perfect, untrained = (
            report[of]["classes"][name]["kad"]
            for of in ("perfect", "generated")
        )
        assert perfect < untrained


def test_an_untrained_model_is_told_from_real_sounds(report):
    # Of 60 sounds after a short training, 6 to 8 times in 100 mistaken.
    assert report["real"]["accuracy"] > 0.8
    assert report["generated"]["accuracy"]["accuracy"] < 0.5
    assert report["generated"]["accuracy"]["trials"] == 900
    assert report["transfer"]["trials"] == 60


def test_the_page_has_all_there_is_to_hear(page):
    for name in drums.CLASSES:
        for title in (
            f"{name}: nearest training sound of each",
            f"{name}: real, held out",
            f"{name}: lerp from A to B",
            f"{name}: slerp from A to B",
            *(f"{name}: z{axis} alone" for axis in (1, 2, 3)),
        ):
            assert title in page
    sounds = len(re.findall(r"\"wav\": ?\"", page))
    assert sounds == 3 * (3 * SHOWN + 2 * STEPS + 3 * SWEPT)
    for measure in MEASURES.values():
        assert measure.title in page


def test_who_listens_is_shown_with_what_it_mistakes(report, page):
    assert "real sounds, taken for" in page
    unsure = report["real"]["accuracy"] < RELIABLE
    assert ("trust no accuracy here" in page) == unsure


def test_the_page_loads_nothing_from_elsewhere(page):
    assert not re.search(r'(src|href)="(?!data:|#)', page)


def test_a_store_of_another_length_is_refused(place, tmp_path):
    runs.make_run(tmp_path / "run", length=1024)
    with pytest.raises(cli.UsageError, match="1024"):
        call(place, model=tmp_path / "run")


def test_too_few_held_out_sounds_are_refused(place, tmp_path):
    drums.make_store(tmp_path / "data", train=20, validation=19)
    with pytest.raises(cli.UsageError, match="holds out 19 sounds of kick"):
        call(place, data_dir=tmp_path / "data")
    assert not (place / "other").exists()


def test_what_is_held_out_is_of_the_side_asked_for(place, tmp_path):
    store = drums.make_store(tmp_path / "data", train=8, validation=2, test=4)
    for side, count in (("validation", 2), ("test", 4)):
        waves, labels = measure_model.sample(store, side, 3)
        assert len(waves) == 3 * min(count, 3)
        expected, _ = store.split(side)
        assert {wave.tobytes() for wave in waves} <= {
            wave.tobytes() for wave in expected
        }
        assert sorted(set(labels)) == [0, 1, 2]
    with pytest.raises(cli.UsageError, match="0 sounds of kick for test"):
        call(place, side="test")


@pytest.mark.parametrize(
    ("better", "made", "perfect", "noise", "expected"),
    [
        ("low", 0.0, 0.06, 0.0, "good"),  # fewer copies than real sounds
        ("low", 0.1, 0.06, 0.0, ""),  # noise is no ceiling
        ("low", 1.1, 1.0, 2.0, "good"),
        ("low", 1.4, 1.0, 2.0, "middling"),
        ("low", 1.8, 1.0, 2.0, "bad"),
        ("real", 0.2, 0.9, 0.0, "bad"),
        ("real", 1.5, 0.9, 0.0, "bad"),  # beyond real is as far from it
        ("real", 0.9, 0.9, 0.92, ""),
    ],
)
def test_a_figure_is_graded_on_the_way_to_noise(
    better, made, perfect, noise, expected
):
    measure = Measure("", "", better, "")
    assert evaluation_tables.grade(made, perfect, noise, measure) == expected
