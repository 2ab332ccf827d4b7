"""A direct and a grown training: alike but for what is compared."""

import time

import pytest

from experiments.claims import growing_pair
from experiments.claims.growing_pair import KINDS, Pair
from experiments.common import stage_times
from experiments.common.parallel_runs import TrainingError


def test_both_kinds_differ_in_their_stages_alone(tmp_path):
    planned = {
        "direct": {"iterations": 100},
        "grown": stage_times.grown(50),
    }
    pair = Pair(tmp_path, "3", planned, ("--data_dir=d", "--width=4"), 24)
    direct, grown = (set(pair.arguments(kind)) for kind in KINDS)
    assert "--seed=3" in direct & grown and "--width=4" in direct & grown
    different = {flag.split("=")[0] for flag in direct ^ grown}
    assert different == {
        "--run_dir",
        "--iterations",
        "--stages",
        "--checkpoint_every",
        "--preview_every",
    }


def test_a_pair_is_done_when_the_direct_one_has_trained_as_long(tmp_path):
    planned = {"direct": {"iterations": 9}, "grown": {"iterations": 2}}
    pair = Pair(tmp_path, "0", planned, (), 4)
    assert not pair.done()
    for kind, log in (("grown", "1,2.0\n2,1.0\n"), ("direct", "1,2.5\n")):
        pair.path(kind).mkdir()
        text = f"iteration,seconds\n{log}"
        (pair.path(kind) / "log.csv").write_text(text)
    (pair.path("grown") / "saved.txt").write_text("2\n")
    assert not pair.done()
    with open(pair.path("direct") / "log.csv", "a") as file:
        file.write("2,0.5\n")
    assert pair.done()
    (pair.path("grown") / "saved.txt").write_text("1\n")
    assert not pair.done()


# What a training leaves, in no time: the grown one is done after four seconds;
# the direct one has as many only half a second of ours after that.
LEAVES = """
import pathlib, signal, sys, time
kind, run_dir = sys.argv[1], pathlib.Path(sys.argv[2])
run_dir.mkdir()
with open(run_dir / "log.csv", "w", buffering=1) as log:
    log.write("iteration,seconds\\n1,2.0\\n")
    if kind == "grown":
        log.write("2,2.0\\n")
        run_dir.joinpath("saved.txt").write_text("2\\n")
    else:
        signal.alarm(60)  # should nobody end it
        while not run_dir.with_name("grown_0").joinpath("saved.txt").exists():
            time.sleep(0.01)
        time.sleep(0.5)
        log.write("2,2.0\\n")
        signal.pause()
"""


class Leaving(Pair):
    """A pair of such trainings."""

    def arguments(self, kind):
        return ["leaves", kind, str(self.path(kind))]


def test_the_direct_one_goes_on_until_it_has_trained_as_long(
    tmp_path, monkeypatch
):
    (tmp_path / "leaves.py").write_text(LEAVES)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    sleep = time.sleep
    monkeypatch.setattr(growing_pair.time, "sleep", lambda _: sleep(0.02))
    planned = {"direct": {"iterations": 9}, "grown": {"iterations": 2}}
    pair = Leaving(tmp_path, "0", planned, (), 4)
    pair.train()
    assert pair.done()
    logs = [pair.path(kind).joinpath("log.csv").read_text() for kind in KINDS]
    assert logs[0] == logs[1]
    pair.train()  # nothing is begun again: its folder is there
    assert not any(path.read_text() for path in tmp_path.glob("*_0.log"))


def test_a_training_that_fails_says_where_to_look(tmp_path):
    planned = {"direct": {"iterations": 9}, "grown": {"iterations": 2}}
    pair = Pair(tmp_path, "0", planned, ("--data_dir=nothing",), 4)
    failed = r"the training (direct|grown)_0 failed: see .*_0\.log"
    with pytest.raises(TrainingError, match=failed) as error:
        pair.train()
    assert error.value.exit_code == 2
    logs = [path.read_text() for path in tmp_path.glob("*_0.log")]
    assert len(logs) == 2 and any("nothing" in text for text in logs)
