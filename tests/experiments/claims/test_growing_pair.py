"""A direct and a grown training: alike but for what is compared."""

import pytest

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


def test_a_training_that_fails_says_where_to_look(tmp_path):
    planned = {"direct": {"iterations": 9}, "grown": {"iterations": 2}}
    pair = Pair(tmp_path, "0", planned, ("--data_dir=nothing",), 4)
    failed = r"the training (direct|grown)_0 failed: see .*_0\.log"
    with pytest.raises(TrainingError, match=failed) as error:
        pair.train()
    assert error.value.exit_code == 2
    logs = [path.read_text() for path in tmp_path.glob("*_0.log")]
    assert len(logs) == 2 and any("nothing" in text for text in logs)
