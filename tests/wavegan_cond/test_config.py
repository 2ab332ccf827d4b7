"""Settings: their ranges and their defaults."""

import dataclasses

import pytest

from wavegan_cond.config import MAX_CLASSES, ModelConfig, TrainConfig
from wavegan_cond.settings import ConfigError, describe_range
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo, validate


def test_defaults_are_the_papers():
    model, train = ModelConfig(), TrainConfig()
    assert model.length == 16384 and model.sample_rate == 44100
    assert (model.width, model.latent_dim, model.embedding_dim) == (64, 100, 50)
    assert model.classes == ("kick", "snare", "cymbal")
    assert model.phase_shuffle == 2 and model.upsampling == "nn"
    adam = (train.learning_rate, train.beta_1, train.beta_2)
    assert adam == (2e-4, 0.5, 0.99)
    assert train.penalty_weight == 10 and train.critic_updates == 5
    assert train.iterations == 50000 and train.batch_size == 64


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("batch_size", 0),
        ("learning_rate", -1.0),
        ("beta_1", 1.0),
        ("critic_updates", 2.5),
        ("loss", "lsgan"),
        ("seed", -1),
        ("learning_rate", float("nan")),
        ("batch_size", True),
    ],
)
def test_a_value_out_of_range_is_named_with_its_range(field, value):
    with pytest.raises(ConfigError, match=f"--{field}=.*expected") as error:
        TrainConfig(**{field: value})
    fields = {f.name: f for f in dataclasses.fields(TrainConfig)}
    assert describe_range(fields[field]) in str(error.value)


@pytest.mark.parametrize("length", [16, 100, 16000, 131072])
def test_only_lengths_the_blocks_can_make_are_taken(length):
    with pytest.raises(ConfigError, match="--length"):
        ModelConfig(length=length)


def test_a_whole_number_is_a_number():
    """In Python, and in a config.json that was written by hand."""
    whole = TrainConfig(penalty_weight=10, drift=0, learning_rate=1)
    assert whole == TrainConfig(
        penalty_weight=10.0, drift=0.0, learning_rate=1.0
    )
    assert type(whole.penalty_weight) is float
    for wrong in (True, "1", 10**400):
        with pytest.raises(ConfigError, match="expected number"):
            TrainConfig(penalty_weight=wrong)


def test_classes_must_be_different_names():
    with pytest.raises(ConfigError, match="different names"):
        ModelConfig(classes=("kick", "kick"))
    with pytest.raises(ConfigError, match="at least one"):
        ModelConfig(classes=())


def test_classes_are_as_many_as_an_exported_model_can_have():
    names = tuple(map(str, range(MAX_CLASSES + 1)))
    with pytest.raises(ConfigError, match=r"1001 classes: .* 1000 at most"):
        ModelConfig(classes=names)
    most = ModelConfig(classes=names[1:]).classes
    axis = ((1.0, 0.0, 0.0),)
    info = ModelInfo(44100, 64, most, 3, "normal", 1, "0" * 64, True, axis)
    assert validate(info) is info
    with pytest.raises(ModelError, match=r"1001 classes: .* 1000 at most"):
        validate(dataclasses.replace(info, classes=names))
