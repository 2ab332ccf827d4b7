"""How many sounds of each class a kit has."""

import dataclasses

import pytest

from experiments.common.cli import UsageError
from experiments.kit.counts import decide, parse
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo

INFO = ModelInfo(
    sample_rate=44100,
    length=1024,
    classes=("Kick", "snare", "tom", "hat: open"),
    latent_dim=3,
    prior="normal",
    iteration=1,
    fingerprint="0" * 64,
)
NONE = {"kick": None, "snare": None, "cymbal": None}


def test_num_is_for_every_class_and_the_other_flags_for_some():
    counts = decide(INFO, 4, NONE | {"kick": 2}, ["tom:6", "hat: open:0"])
    assert counts == {"Kick": 2, "snare": 4, "tom": 6}


def test_a_model_without_labels_has_one_kind_of_sound():
    info = dataclasses.replace(INFO, conditional=False)
    assert decide(info, 5, NONE) == {"sound": 5}
    assert decide(info, 5, NONE, ["sound:7"]) == {"sound": 7}
    with pytest.raises(ModelError, match="makes no 'kick': leave the class"):
        decide(info, 5, NONE | {"kick": 2})


@pytest.mark.parametrize(
    ("num", "named", "counts", "complaint"),
    [
        (4, {"kick": 1}, ["kick:2"], "--kicks and --counts both count Kick"),
        (4, {}, ["kick:2", "Kick:2"], "--counts and --counts both"),
        (4, {}, ["tom"], "--counts=tom: expected"),
        (4, {}, ["tom:-1"], "--counts=tom:-1: expected"),
        (4, {}, ["tom:" + 4400 * "9"], "expected"),  # more than int takes
        (4, {}, ["tom:٣"], "expected"),
        (4, {}, ["tom:1", "tom:1"], "names tom twice"),
        (0, {}, [], "would have 0 sounds"),
        (21, {}, [], "would have 84 sounds: expected 1 to 80"),
    ],
)
def test_what_cannot_be_meant_is_told(num, named, counts, complaint):
    with pytest.raises(UsageError, match=complaint):
        decide(INFO, num, NONE | named, counts)


@pytest.mark.parametrize("named", [{"cymbal": 4}, {}])
def test_a_class_that_the_model_lacks_is_named(named):
    counts = [] if named else ["cymbal:4"]
    with pytest.raises(ModelError, match="'cymbal': it makes Kick, snare"):
        decide(INFO, 4, NONE | named, counts)


def test_the_last_colon_ends_the_name():
    assert parse(["hat: open:3"]) == {"hat: open": 3}
