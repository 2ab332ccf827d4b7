import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from experiments import accuracy
from experiments.common import cli
from tests.fixtures import stores
from tests.fixtures.commands import end, refused
from wavegan_cond.saved_models import find_model, load
from wavegan_cond.synthesis import latents, synth

LENGTH, CLASSES = 2048, ("low", "high")


def tones(label, count, seed):
    rng = np.random.default_rng([label, seed])
    t = np.arange(LENGTH) / 44100
    hz = rng.uniform(0.9, 1.1, (count, 1)) * (200, 5000)[label]
    return np.sin(2 * np.pi * (hz * t + rng.random((count, 1)))) * np.exp(
        -t / 0.01
    )


def make_store(path, seed=0, classes=CLASSES, length=LENGTH, swap=False):
    """40 training and 20 validation sounds, or with their labels swapped."""
    labels = np.tile([0, 1], 30)
    waves = np.empty((60, LENGTH))
    for label in (0, 1):
        waves[labels == label] = tones(label, 30, seed)
    rows = np.rint(waves[:, :length] * 32767).astype(np.int16)
    return stores.write(path, rows, 1 - labels if swap else labels, 40, classes)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("accuracy") / "data"
    make_store(path)
    return str(path)


class FakeModel:
    """Makes what it is asked for, but for the sounds of one z."""

    info = synth.ModelInfo(44100, LENGTH, CLASSES, 3, "normal", 1, "")

    def generate(self, z, label):
        wrong = (z == latents.draw(self.info, 7, 1)).all(axis=1)
        heard = np.where(wrong, 1 - label, label)
        return np.concatenate(
            [tones(each, 1, i) for i, each in enumerate(heard)]
        ).astype(np.float32)


def test_validation_test_set_and_model_are_judged(
    data, tmp_path, monkeypatch, capsys
):
    make_store(tmp_path / "swapped", seed=1, swap=True)
    monkeypatch.setattr(load, "load_model", lambda path, **_: FakeModel())
    monkeypatch.setattr(find_model, "peek", lambda path: None)
    figures = accuracy.run(
        accuracy.Settings(
            data_dir=data,
            test_data_dir=str(tmp_path / "swapped"),
            model="model",
            num=10,
            seed=7,
            epochs=6,
        )
    )
    real = figures["validation"]
    assert real["trials"] == 20 and real["accuracy"] > 0.9
    assert np.sum(real["confusion"], axis=1).tolist() == [10, 10]
    assert figures["test"]["trials"] == 60
    assert figures["test"]["accuracy"] < 0.1  # every label there is wrong
    made = figures["generated"]
    assert made["confusion"] == [[9, 1], [1, 9]]
    assert made["accuracy"] == 0.9 and made["per_class"] == [0.9, 0.9]
    assert made["interval"][0] < 0.9 < made["interval"][1]
    printed = capsys.readouterr().out
    assert "generated: 18 of 20 sounds, accuracy 0.900" in printed
    json.dumps(figures)


def test_the_script_writes_its_figures(data, tmp_path):
    output = tmp_path / "result.json"
    flags = [f"--data_dir={data}", f"--output={output}", "--epochs=1"]
    assert end(accuracy, *flags, "--max_per_class=8") == 0
    figures = json.loads(output.read_text())
    assert figures["classes"] == list(CLASSES) and figures["epochs"] == 1
    assert figures["validation"]["trials"] == 20
    assert list(tmp_path.iterdir()) == [output]


def test_no_json_of_another_is_replaced(data, tmp_path, capsys):
    flags = [f"--data_dir={data}", "--epochs=1", "--max_per_class=8"]
    for place in (Path(data) / "dataset.json", tmp_path / "mine.json"):
        (tmp_path / "mine.json").write_text('{"classes": 2}')
        before = place.read_bytes()
        said = refused(capsys, accuracy, *flags, f"--output={place}")
        assert f"{place} is there" in said and "another --output\n" in said
        assert place.read_bytes() == before
    kept = dict.fromkeys(accuracy.OWN, 0)
    (tmp_path / "mine.json").write_text(json.dumps(kept))
    assert end(accuracy, *flags, f"--output={tmp_path / 'mine.json'}") == 0


def test_a_place_that_takes_no_file_is_told_before_training(data, capsys):
    flags = [f"--data_dir={data}", "--output=/proc/x.json"]
    assert end(accuracy, *flags) == 4
    out, said = capsys.readouterr()
    assert "cannot write /proc" in said and not out


def test_a_single_class_is_told_from_nothing(tmp_path, capsys):
    rows = np.zeros((4, LENGTH), np.int16)
    stores.write(tmp_path / "data", rows, np.zeros(4, int), 2, ("low",))
    said = refused(capsys, accuracy, f"--data_dir={tmp_path / 'data'}")
    assert "one class, low" in said


def test_a_model_without_labels_is_asked_for_nothing(data, monkeypatch):
    model = FakeModel()
    model.info = dataclasses.replace(model.info, conditional=False)
    monkeypatch.setattr(load, "load_model", lambda path, **_: model)
    monkeypatch.setattr(find_model, "peek", lambda path: None)
    with pytest.raises(cli.UsageError, match="was trained without labels"):
        accuracy.run(accuracy.Settings(data_dir=data, model="model"))


def test_data_that_holds_out_nothing_is_refused(tmp_path):
    rows = np.zeros((4, LENGTH), np.int16)
    stores.write(tmp_path / "data", rows, np.array([0, 1, 0, 1]), 4, CLASSES)
    with pytest.raises(cli.UsageError, match="holds out no sounds"):
        accuracy.run(accuracy.Settings(data_dir=str(tmp_path / "data")))


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"classes": ("high", "low")}, "classes high, low"),
        ({"length": 1024}, "1024 samples"),
    ],
)
def test_sets_that_do_not_go_together_are_refused(
    data, tmp_path, other, message
):
    make_store(tmp_path / "other", **other)
    with pytest.raises(cli.UsageError, match=message):
        accuracy.run(
            accuracy.Settings(
                data_dir=data, test_data_dir=str(tmp_path / "other")
            )
        )


@pytest.mark.parametrize(
    "flags",
    [
        [],
        ["--data_dir=x", "--output=/no/such/folder/a.json"],
        ["--data_dir=x", "--num=0"],
        ["--data_dir=/no/store"],
    ],
)
def test_wrong_use_exits_2(flags, capsys):
    refused(capsys, accuracy, *flags)
