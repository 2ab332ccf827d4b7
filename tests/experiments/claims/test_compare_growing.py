"""Direct and grown training are compared where both can be trained."""

import numpy as np
import pytest

from experiments.claims import compare_growing
from experiments.common import cli
from tests.fixtures import commands, stores


@pytest.mark.parametrize(
    ("held_out", "length", "flags", "said"),
    [
        (20, 16384, ["--seeds=0,a"], "--seeds=0,a: expected whole numbers"),
        (20, 16384, ["--seeds="], "--seeds= is empty"),
        (20, 16384, ["--batch_size=73"], "fewer than a batch of 73"),
        (0, 16384, [], "holds out 0 sounds"),
        (20, 4096, [], "holds sounds of 4096 samples"),
    ],
)
def test_what_cannot_be_compared_is_told_before_a_plan(
    tmp_path, held_out, length, flags, said
):
    rows = np.zeros((72 + 3 * held_out, length), np.int16)
    stores.write(tmp_path / "data", rows, np.arange(len(rows)) % 3, 72)
    folders = {"data_dir": tmp_path / "data", "output_dir": tmp_path / "out"}
    with pytest.raises(cli.UsageError, match=said):
        commands.call(compare_growing, *flags, **folders)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["growing.json", "growing.png"])
def test_what_is_there_of_another_is_not_replaced(tmp_path, name):
    rows = np.zeros((132, 16384), np.int16)
    stores.write(tmp_path / "data", rows, np.arange(len(rows)) % 3, 72)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text('{"plan": "mine"}')
    folders = {"data_dir": tmp_path / "data", "output_dir": tmp_path / "out"}
    with pytest.raises(cli.UsageError, match=f"{name} is there and"):
        commands.call(compare_growing, **folders)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


def test_pairs_have_the_flags_of_the_comparison(tmp_path):
    settings = compare_growing.Settings(
        data_dir="d", output_dir=str(tmp_path), width=4, seeds=("3", "5")
    )
    pairs = compare_growing.make_pairs(settings, {})
    assert [pair.seed for pair in pairs] == ["3", "5"]
    assert {"--data_dir=d", "--width=4"} < set(pairs[0].flags)
