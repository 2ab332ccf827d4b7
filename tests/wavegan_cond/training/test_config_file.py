"""config.json: the way there and back, and what identifies a run."""

import hashlib
import json

import pytest

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.settings import ConfigError
from wavegan_cond.training.config_file import (
    config_digest,
    from_json,
    to_json,
)


def test_json_and_back_is_the_same():
    model = ModelConfig(classes=("tom", "clap"), width=3, prior="uniform")
    train = TrainConfig(learning_rate=1e-4, precision="mixed_bfloat16")
    text = to_json(model, train, data="abc")
    assert from_json(text) == (model, train, {"data": "abc"})


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "5", "null", "[" * 10**5, '{"model": 3}'),
        '{"model": {}, "train": {"x": 1}}',
        '{"model": 5, "train": {}}',
    ],
    ids=range(9),
)
def test_what_is_no_config_is_refused(text):
    with pytest.raises(ConfigError, match="not a config"):
        from_json(text)


@pytest.mark.parametrize(
    "change",
    [
        {"classes": [1, 2, 3]},
        {"classes": ["\x1b[2J", "b", "c"]},
        {"classes": None},
        {"sample_rate": "x"},
        {"sample_rate": 10**400},
        {"length": 63},
        {"length": 64, "noise": True},
        {"length": 64, "partials": 8},
        {"length": 64, "envelope": True},
        {"width": 1e9},
        {"more": 1},
    ],
)
def test_settings_that_no_model_has(change):
    content = json.loads(to_json(ModelConfig(), TrainConfig()))
    content["model"].update(change)
    with pytest.raises(ConfigError) as caught:
        from_json(json.dumps(content))
    assert caught.value.exit_code == 2 and str(caught.value).isprintable()


def test_a_setting_at_its_default_leaves_the_digest_of_older_runs():
    model, train = ModelConfig(width=8), TrainConfig(batch_size=4)
    older = json.loads(to_json(model, train))
    for name in (
        "phase_shift_draws",
        "drift",
        "spectrogram",
    ):  # the newest fields
        del older["train"][name]
    for name in ("noise", "partials", "envelope"):
        del older["model"][name]
    read_model, read_train, _ = from_json(json.dumps(older))
    assert (read_model, read_train) == (model, train)
    digest = config_digest(read_model, read_train, "data")
    assert digest == config_digest(model, train, "data")
    settings = {"width": 8, "batch_size": 4}
    text = json.dumps([settings, "data"], sort_keys=True)
    assert digest == hashlib.sha256(text.encode()).hexdigest()


def test_more_iterations_continue_a_run_and_another_setting_does_not():
    model, train = ModelConfig(), TrainConfig()
    digest = config_digest(model, train, "data")
    assert digest == config_digest(model, TrainConfig(iterations=7), "data")
    for other in (
        config_digest(ModelConfig(width=8), train, "data"),
        config_digest(model, TrainConfig(drift=0.1), "data"),
        config_digest(model, train, "other"),
    ):
        assert other != digest
