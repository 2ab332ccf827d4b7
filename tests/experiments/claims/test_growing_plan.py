"""A plan is made once, for the flags it was made with."""

import json

import pytest

from experiments.claims import growing_plan
from experiments.common import cli, stage_times
from wavegan_cond.config import ModelConfig, TrainConfig

CONFIGS = ModelConfig(width=16, latent_dim=3), TrainConfig(batch_size=64)


def test_a_plan_of_other_flags_is_not_taken(tmp_path):
    grown = stage_times.grown(2)
    flags = {"minutes": 30.0, "width": 16, "latent_dim": 3, "batch_size": 64}
    planned = {"grown": grown, "direct": {"iterations": 9}, "flags": flags}
    (tmp_path / "plan.json").write_text(json.dumps(planned))
    assert growing_plan.plan(tmp_path, 30.0, *CONFIGS) == planned
    with pytest.raises(cli.UsageError, match="made with --minutes=30"):
        growing_plan.plan(tmp_path, 60.0, *CONFIGS)


def test_both_kinds_get_the_same_time(tmp_path, monkeypatch):
    seconds = {256: 0.5, 1024: 0.5, 4096: 1.0, 16384: 4.0}
    times = seconds, {}
    monkeypatch.setattr(stage_times, "measure", lambda model, train: times)
    planned = growing_plan.plan(tmp_path, 1.0, *CONFIGS)
    assert planned["direct"] == {"iterations": 15}
    assert planned["grown"] == stage_times.grown(10)
    monkeypatch.setattr(stage_times, "measure", None)  # it is not timed again
    again = growing_plan.plan(tmp_path, 1.0, *CONFIGS)
    assert again["grown"] == planned["grown"]
