"""What the comparison of direct and grown training reads off its runs."""

import json

import numpy as np
import pytest

from experiments.claims import compare_growing, growing_figure, stage_times
from experiments.common import cli
from tests.fixtures import commands, stores
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import make_schedule

LOG = "iteration,seconds,wasserstein\n1,2.0,0\n2,1.0,0\n3,0.5,0\n4,0.5,0\n"
SCORES = "iteration,kad\n2,50\n4,20\n"


def points():
    return [
        {"iteration": 2, "seconds": 3.0, "kad": 50.0, "accuracy": 0.5},
        {"iteration": 4, "seconds": 4.0, "kad": 20.0, "accuracy": 0.95},
    ]


def test_a_curve_counts_the_seconds_since_the_start(tmp_path):
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "scores.csv").write_text(SCORES)
    expected = [
        {key: point[key] for key in ("iteration", "seconds", "kad")}
        for point in points()
    ]
    assert compare_growing.curve(tmp_path) == expected


def test_a_summary_says_when_a_run_was_coherent():
    found = compare_growing.summarise(points())
    assert found["coherent after seconds"] == 4.0
    assert found["last kad"] == found["best kad"] == 20.0
    never = compare_growing.summarise(points()[:1])
    assert never["coherent after seconds"] is None


def test_the_picture_is_drawn(tmp_path):
    runs = {name: {"points": points()} for name in ("direct_0", "grown_0")}
    growing_figure.draw({"runs": runs}, tmp_path / "growing.png")
    assert (tmp_path / "growing.png").read_bytes().startswith(b"\x89PNG")


def test_both_kinds_differ_in_their_stages_alone(tmp_path):
    arguments = ["", "--data_dir=d", f"--output_dir={tmp_path}"]
    values = cli.parse(compare_growing.FLAGS, "", arguments)
    planned = {
        "direct": {"iterations": 100},
        "grown": {"iterations": 200, "stages": stage_times.equal_stages(200)},
    }
    direct, grown = (
        set(compare_growing.command(values, tmp_path, kind, "3", planned))
        for kind in compare_growing.KINDS
    )
    different = {flag.split("=")[0] for flag in direct ^ grown}
    assert different == {
        "--run_dir",
        "--iterations",
        "--stages",
        "--checkpoint_every",
        "--preview_every",
    }


@pytest.mark.parametrize(
    ("held_out", "length", "flags", "said"),
    [
        (20, 16384, ["--seeds=0,a"], "--seeds=0,a: expected whole numbers"),
        (20, 16384, ["--seeds="], "--seeds=: expected"),
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


def test_a_plan_of_other_flags_is_not_taken(tmp_path):
    grown = {"iterations": 8, "stages": stage_times.equal_stages(8)}
    flags = {"minutes": 30.0, "width": 16, "latent_dim": 3, "batch_size": 64}
    planned = {"grown": grown, "direct": {"iterations": 9}, "flags": flags}
    (tmp_path / "plan.json").write_text(json.dumps(planned))
    arguments = ["", "--data_dir=d", f"--output_dir={tmp_path}"]
    values = cli.parse(compare_growing.FLAGS, "", arguments)
    assert compare_growing.plan(values, tmp_path) == planned
    arguments.append("--minutes=60")
    values = cli.parse(compare_growing.FLAGS, "", arguments)
    with pytest.raises(cli.UsageError, match="made with --minutes=30"):
        compare_growing.plan(values, tmp_path)


def test_equal_stages_share_the_iterations():
    train = TrainConfig(iterations=203, stages=stage_times.equal_stages(203))
    stages = make_schedule(ModelConfig(), train)
    assert [s.last - s.first for s in stages] == [50, 50, 50, 53]
    assert [s.fade_iterations for s in stages] == [0, 25, 25, 25]
    assert tuple(s.length for s in stages) == stage_times.LENGTHS
