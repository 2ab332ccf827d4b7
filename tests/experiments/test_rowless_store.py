"""A store without a sound to train on; one without any is never opened."""

import numpy as np
import pytest

from experiments import accuracy, evaluate, preview, train
from tests.fixtures import stores
from tests.fixtures.commands import end
from tests.fixtures.runs import CLASSES, make_run

LENGTH = 16384
COMMANDS = {
    "train": (train, "--run_dir={out}"),
    "evaluate": (evaluate, "--model={run}", "--output_dir={out}"),
    "preview": (preview, "--output_dir={out}", "--minutes=1"),
    "accuracy": (accuracy, "--model={run}", "--num=10", "--output={out}.json"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Returns a folder with a model, and a store that is all held out."""
    folder = tmp_path_factory.mktemp("rowless")
    make_run(folder / "run", length=LENGTH)
    random = np.random.default_rng(0)
    waves = random.integers(-999, 999, (60, LENGTH)).astype(np.int16)
    stores.write(folder / "store", waves, np.arange(60) % len(CLASSES), 0)
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends_with_one_line(place, tmp_path, capsys, name):
    script, *flags = COMMANDS[name]
    given = {"run": place / "run", "out": tmp_path / "out"}
    flags = [flag.format(**given) for flag in flags]
    assert end(script, f"--data_dir={place / 'store'}", *flags) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert "sound" in said[-1] and str(place / "store") in said[-1]
    assert [line for line in said if line.startswith("error: ")] == said[-1:]
    assert list(tmp_path.glob("out/*.html")) == []
