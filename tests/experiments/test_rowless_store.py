"""A store without sounds, or without those that a command needs."""

import numpy as np
import pytest

from data_prep.store.store import StoreError
from experiments import accuracy, evaluate, plot_examples, preview, train
from tests.fixtures import stores
from tests.fixtures.commands import end
from tests.fixtures.runs import CLASSES, make_run

LENGTH = 16384
COMMANDS = {
    "train": (train, "--run_dir={out}"),
    "evaluate": (evaluate, "--model={run}", "--output_dir={out}"),
    "preview": (preview, "--output_dir={out}", "--minutes=1"),
    "accuracy": (accuracy, "--model={run}", "--num=10", "--output={out}.json"),
    "plot_examples": (plot_examples, "--model={run}", "--output_dir={out}"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Returns a folder with a model, an empty store and one held out."""
    folder = tmp_path_factory.mktemp("rowless")
    make_run(folder / "run", length=LENGTH)
    random = np.random.default_rng(0)
    for name, count in (("empty", 0), ("untrained", 60)):
        waves = random.integers(-999, 999, (count, LENGTH)).astype(np.int16)
        rows = folder / name, waves, np.arange(count) % len(CLASSES), 0
        if count:
            stores.write(*rows)
        else:
            with pytest.raises(StoreError, match="holds no sounds"):
                stores.write(*rows)
    return folder


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("store", ["empty", "untrained"])
def test_a_command_ends_with_one_line(place, tmp_path, capsys, name, store):
    if (name, store) == ("plot_examples", "untrained"):
        pytest.skip("it shows held-out sounds")
    script, *flags = COMMANDS[name]
    given = {"run": place / "run", "out": tmp_path / "out"}
    flags = [flag.format(**given) for flag in flags]
    assert end(script, f"--data_dir={place / store}", *flags) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert "sound" in said[-1] and str(place / store) in said[-1]
    assert [line for line in said if line.startswith("error: ")] == said[-1:]
    assert list(tmp_path.glob("out/*.html")) == []
