"""Figure 3 and the contact sheets."""

import numpy as np
import pytest

from data_prep.store.store import open_store
from experiments import plot_examples
from experiments.common import cli, preflight, real_sounds
from tests.fixtures import stores
from tests.fixtures.commands import call
from tests.fixtures.runs import CLASSES, LENGTH, make_run
from wavegan_cond.saved_models import load
from wavegan_cond.storage.atomic import WriteError


@pytest.fixture
def store(tmp_path):
    return stores.write_constants(tmp_path / "store", LENGTH)


def test_training_sounds_are_called_so():
    sides = {"kick": "validation", "snare": "test", "cymbal": "train"}
    assert plot_examples.heading(sides) == "real; cymbal: training sounds"
    del sides["cymbal"]
    assert plot_examples.heading(sides) == "real"
    none = dict.fromkeys(CLASSES, "train")
    assert plot_examples.heading(none) == "real; training sounds"


def test_the_pictures_are_drawn(store, tmp_path):
    make_run(tmp_path / "run")
    out = tmp_path / "pictures"
    paths = {"model": tmp_path / "run", "output_dir": out}
    call(plot_examples, **paths, num=2)
    assert {path.name for path in out.iterdir()} == {
        "examples.png",
        "generated.png",
    }
    (out / "generated.png").write_text("mine")
    with pytest.raises(cli.UsageError, match=r"examples.png is there.*--over"):
        call(plot_examples, **paths, num=2)
    assert (out / "generated.png").read_text() == "mine"
    call(plot_examples, "--overwrite", **paths, data_dir=store.path, num=5)
    assert (out / "generated.png").stat().st_size > 1000
    assert (out / "real.png").stat().st_size > 1000


def test_data_of_other_sounds_is_refused(store, tmp_path):
    for number, settings in enumerate(
        ({"length": 256}, {"classes": ("kick", "tom")})
    ):
        make_run(tmp_path / str(number), **settings)
        model = load.load_model(tmp_path / str(number))
        with pytest.raises(cli.UsageError, match="is not of this model"):
            plot_examples.check_data(open_store(store.path), model, "run")


def test_a_model_of_another_rate_is_refused(store, tmp_path):
    """Its sounds would be drawn, and measured, as if they had the store's."""
    make_run(tmp_path / "run", sample_rate=11025)
    model = load.load_model(tmp_path / "run")
    with pytest.raises(cli.UsageError, match=r"11025 Hz.*--full_rate"):
        plot_examples.check_data(open_store(store.path), model, "run")
    with pytest.raises(cli.UsageError, match=r"11025 Hz.*--full_rate"):
        preflight.check_same(open_store(store.path), model.info, "run")


def test_pictures_need_a_place(tmp_path):
    make_run(tmp_path / "run")
    place = {"model": tmp_path / "run", "output_dir": "/dev/null/x"}
    with pytest.raises(WriteError, match="cannot write") as error:
        call(plot_examples, **place)
    assert error.value.exit_code == 4


def test_a_model_without_labels_shows_one_kind(tmp_path):
    make_run(tmp_path / "run", conditioning="none")
    model = load.load_model(tmp_path / "run")
    made = plot_examples.generated(model, 2, 0)
    assert made.keys() == set(model.info.kinds) and len(made) == 1


def test_a_model_without_labels_is_drawn_beside_all_classes(store, tmp_path):
    make_run(tmp_path / "run", conditioning="none")
    out = tmp_path / "pictures"
    paths = {"model": tmp_path / "run", "output_dir": out, "num": 2}
    call(plot_examples, **paths)
    assert {path.name for path in out.iterdir()} == {
        "examples.png",
        "generated.png",
    }
    call(plot_examples, "--overwrite", **paths, data_dir=store.path)
    assert (out / "real.png").stat().st_size > 1000
    info = load.load_model(tmp_path / "run").info
    real = real_sounds.choose(store, plot_examples.rows_of(info), 9, 0)
    (waves,) = real.values()
    labels = store.labels[np.rint(waves[:, 0] * 32767).astype(int)]
    assert real.keys() == set(info.kinds) and set(labels) == {0, 1}
