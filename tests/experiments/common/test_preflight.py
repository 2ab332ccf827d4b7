"""What is refused before a run starts."""

import json

import pytest

from experiments.common import cli, preflight
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.training.run_dir import RunDir, RunError
from wavegan_cond.training.workers import ClusterError

TWO = {
    "cluster": {"worker": ["a:1", "b:1"]},
    "task": {"type": "worker", "index": 1},
}


def config(**changes):
    return json.dumps({**TWO, **changes})


def test_the_first_worker_writes_and_a_lone_process_does():
    first = config(task={"type": "worker", "index": 0})
    assert preflight.check_cluster(first, "multi_worker")
    assert not preflight.check_cluster(config(), "multi_worker")
    assert preflight.check_cluster("", "auto")
    alone = config(
        cluster={"worker": ["a:1"]}, task={"type": "worker", "index": 0}
    )
    assert preflight.check_cluster(alone, "auto")


@pytest.mark.parametrize(
    ("text", "strategy", "said"),
    [
        ("", "multi_worker", "needs TF_CONFIG"),
        ("{worker: here", "auto", "malformed"),
        (config(), "auto", "pass --strategy=multi_worker"),
    ],
)
def test_what_does_not_go_together_is_refused(text, strategy, said):
    with pytest.raises((cli.UsageError, ClusterError), match=said):
        preflight.check_cluster(text, strategy)


def test_what_differs_from_the_run_in_a_folder_is_named_by_its_flag(tmp_path):
    run_dir = RunDir(tmp_path / "run")
    model = ModelConfig(classes=("kick", "snare"))
    preflight.prepare_run(run_dir, model, TrainConfig(), "3f" * 32)
    other = ModelConfig(width=8)
    with pytest.raises(RunError) as caught:
        preflight.check_run(run_dir, other, TrainConfig(), "77" * 32)
    said = str(caught.value)
    assert "--width was 64 and is now 8;" in said
    assert "classes of --data_dir was ('kick', 'snare') and is now" in said
    assert "the sounds in --data_dir are others" in said and "77" not in said


def test_another_number_of_threads_is_told_each_time(
    tmp_path, monkeypatch, capsys
):
    run_dir = RunDir(tmp_path / "run")
    for threads, told in (("4", False), ("4", False), ("1", True), ("1", True)):
        monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", threads)
        preflight.prepare_run(run_dir, ModelConfig(), TrainConfig(), "data")
        said = capsys.readouterr().err
        assert ("begun with 4 threads and goes on with 1" in said) == told
    assert json.loads(run_dir.config.read_text())["threads"] == 4
