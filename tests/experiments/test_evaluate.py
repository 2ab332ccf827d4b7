"""The page and the report of a model that has learned nothing."""

import html
import json
import os
import re
import signal
import types

import numpy as np
import pytest

from data_prep.store.store import open_store
from experiments import evaluate
from experiments.common import cli, evaluation_page, evaluation_tables, outputs
from tests.fixtures import commands, drums, runs
from tests.fixtures.counting import counted_rows
from wavegan_cond.evaluation import (
    latent_space,
    measure_model,
    references,
    tagger_weights,
)
from wavegan_cond.evaluation.measures import MEASURES

SHOWN, STEPS, SWEPT = 3, 4, 3


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A store, a model of its length, and two small evaluations of it."""
    folder, rows = tmp_path_factory.mktemp("evaluate"), {}
    drums.make_store(folder / "data", test=20)
    runs.make_run(folder / "run", length=drums.LENGTH, width=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latent_space, "PATHS", 3)
        patch.setattr(latent_space, "STEPS", 8)
        patch.setattr(latent_space, "DIRECTIONS", 40)
        patch.setattr(references, "EPOCHS", 6)
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
    return commands.call(evaluate, **settings)


def groups_of(page):
    data = re.search(r'id="data"[^>]*>(.*?)</script>', page, re.S)[1]
    return json.loads(data)


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
    training = report["training"]
    assert training["sounds"] == training["compared"] > 0
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


def test_shown_real_sounds_are_of_all_kits(tmp_path):
    """Rows are in order of their folders: the first ones are of the first."""
    drums.make_store(tmp_path / "data")
    store = open_store(tmp_path / "data")
    sounds, labels = store.split("validation")
    for label in range(3):
        found = evaluation_page.held_out_of(store, "validation", label, 3)
        rows = np.flatnonzero(labels == label)
        np.testing.assert_array_equal(found[[0, -1]], sounds[rows[[0, -1]]])
        assert len(found) == 3


def test_classifiers_are_tested_on_the_same_real_sounds(monkeypatch):
    monkeypatch.setattr(references, "SEEN_GENERATED", 30)
    waves, labels = drums.kit(10, 1)
    held = drums.kit(4, 2)
    reference = types.SimpleNamespace(classes=drums.CLASSES, held_out=held)
    found = references.train_synthetic_test_real(reference, waves, labels)
    assert found["trials"] == len(held[0])


def test_the_page_has_all_there_is_to_hear(page):
    for name in drums.CLASSES:
        for title in (
            f"{name}: nearest training sound of each",
            f"{name}: real, held out",
            f"{name}: lerp from A to B",
            f"{name}: slerp from A to B",
            *(f"{name}: direction {axis} alone" for axis in (1, 2, 3)),
        ):
            assert title in page
    sounds = len(re.findall(r"\"wav\": ?\"", page))
    for group in groups_of(page):
        assert group["folded"] != group["beat"]
        assert group["section"] in drums.CLASSES
    assert sounds == 3 * (3 * SHOWN + 2 * STEPS + 3 * SWEPT)
    for measure in MEASURES.values():
        assert measure.title in page and html.escape(measure.says) in page
    assert "title=" not in page  # nothing is said by a tooltip alone
    assert "A negative distance" in page


def words(text):
    """Without the figures, which the report has of five digits alone."""
    return re.sub(r"<td.*?</td>|\d+\.\d+", "", text)


def test_the_page_has_the_summary_and_every_table(report, page):
    shown = words(page)
    for part in (
        evaluation_tables.summary,
        evaluation_tables.accuracy_table,
        evaluation_tables.class_tables,
        evaluation_tables.confusion_table,
        evaluation_tables.latent_table,
    ):
        assert words(part(report)) in shown


def test_the_nearest_training_sounds_have_the_names_of_their_rows(place, page):
    train = {f"row {row}" for row in range(open_store(place / "data").train)}
    found = [g for g in groups_of(page) if "nearest training" in g["title"]]
    assert len(found) == len(drums.CLASSES)
    for group in found:
        assert {sound["name"] for sound in group["sounds"]} <= train


def test_the_first_screen_answers_four_questions(page):
    for question in (
        "Does it sound real?",
        "Is it varied?",
        "Is it the drum asked for?",
        "Does it copy?",
    ):
        assert question in page.partition("<nav")[0]


def test_the_contents_lead_to_parts_of_the_page(page):
    links = re.findall(r'<a href="#([\w-]+)"', page)
    ids = re.findall(r' id="([\w-]+)"', page)
    assert len(links) == 4 + len(drums.CLASSES)
    assert set(links[:4]) <= set(ids)
    assert links[4:] == ["sounds-1", "sounds-2", "sounds-3"]


def test_the_whole_report_leaves_no_part_of_it(place):
    for name in ("one", "two"):
        assert not (place / name / "report.partial.json").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_leaves_what_it_has(
    place, tmp_path, monkeypatch, capsys, number
):
    def stop(model, *asked):
        assert asked == (300, 4, 0.5)  # sounds, their seed and truncation
        os.kill(os.getpid(), number)
        signal.pause()

    monkeypatch.setattr(references, "EPOCHS", 1)
    monkeypatch.setattr(measure_model, "generate_all", stop)
    code = call(place, output_dir=tmp_path, seed=4, truncation=0.5, side="test")
    assert code == 128 + number
    said = capsys.readouterr().err.splitlines()
    assert said[0].endswith("[ 1/13] checking the store")
    assert said[-1].endswith("report.partial.json")
    partial = json.loads((tmp_path / "report.partial.json").read_text())
    assert partial["real"]["trials"] == 60 and "generated" not in partial
    assert (partial["seed"], partial["truncation"]) == (4, 0.5)
    assert partial["side"] == "test"
    assert [path.name for path in tmp_path.iterdir()] == ["report.partial.json"]


def test_the_page_loads_nothing_from_elsewhere(page):
    assert not re.search(r'(src|href)="(?!data:|#)', page)


def test_a_store_of_another_length_is_refused(place, tmp_path):
    runs.make_run(tmp_path / "run", length=1024)
    with pytest.raises(cli.UsageError, match="1024"):
        call(place, model=tmp_path / "run")


def test_an_empty_folder_name_is_not_the_working_folder(place):
    with pytest.raises(cli.UsageError, match="--output_dir is needed"):
        call(place, output_dir="")


@pytest.mark.parametrize("name", ["report.json", "report.partial.json"])
@pytest.mark.parametrize("text", ["mine", "[]", '{"model": 1}'])
def test_a_file_that_is_no_report_is_not_replaced(place, tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(cli.UsageError, match=f"{name} is there and was"):
        call(place, output_dir=tmp_path)
    assert (tmp_path / name).read_text() == text


def test_a_report_is_known_again(place):
    assert outputs.is_report(place / "one/report.json")
    outputs.check_ours(place / "nowhere/report.json", outputs.is_report)


def test_too_few_held_out_sounds_are_refused(place, tmp_path):
    drums.make_store(tmp_path / "data", train=20, validation=19)
    with pytest.raises(cli.UsageError, match="holds out 19 sounds of kick"):
        call(place, data_dir=tmp_path / "data")
    assert not (place / "other").exists()


def test_too_few_training_sounds_are_refused(place, tmp_path):
    drums.make_store(tmp_path / "data", train=23, validation=20)
    with pytest.raises(cli.UsageError, match="has 23 training sounds of kick"):
        call(place, data_dir=tmp_path / "data")


def test_what_is_held_out_is_of_the_side_asked_for(place, tmp_path):
    store = drums.make_store(tmp_path / "data", train=8, validation=2, test=4)
    for side, count in (("validation", 2), ("test", 4)):
        rows = references.sample_rows(store, side, 3)
        assert len(rows) == 3 * min(count, 3)
        expected, _ = store.split(side)
        assert {wave.tobytes() for wave in store.waveforms[rows]} <= {
            wave.tobytes() for wave in expected
        }
        assert sorted(set(store.labels[rows])) == [0, 1, 2]
    with pytest.raises(cli.UsageError, match="4 sounds of kick for test"):
        call(place, data_dir=tmp_path / "data", side="test")


def test_the_tagger_is_missed_before_anything_is_done(place, monkeypatch):
    monkeypatch.setattr(tagger_weights, "PACKAGE", "no_package_of_this_name")
    with pytest.raises(tagger_weights.MissingWeightsError, match="pip install"):
        call(place, musicnn=True)
    assert not (place / "other").exists()


def test_figures_of_the_tagger_are_shown_where_there_are_some(report):
    assert not evaluation_tables.tagger_table(report)
    figures = {"kad": 0.125, "precision": 0.5, "recall": 0.25}
    sides = ("generated", "perfect", "noise")
    tagged = {side: dict.fromkeys(report["classes"], figures) for side in sides}
    table = evaluation_tables.tagger_table({**report, "musicnn": tagged})
    assert table.count("<td>0.125</td>") == 3 * len(report["classes"])
