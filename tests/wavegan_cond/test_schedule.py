"""When a run grows and fades, from its notation."""

import pytest

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import EXAMPLE, make_schedule, stage_of
from wavegan_cond.settings import ConfigError

MODEL = ModelConfig()


def schedule(stages, **settings):
    return make_schedule(MODEL, TrainConfig(stages=stages, **settings))


def test_a_plain_run_is_one_stage_without_a_fade():
    (stage,) = schedule("", iterations=70, batch_size=8)
    assert (stage.length, stage.first, stage.last) == (16384, 0, 70)
    assert stage.fade_iterations == 0 and stage.fade_after(0) == 1.0
    assert stage.batch_size == 8 and stage.previous is None


def test_the_example_is_the_papers_four_stages():
    stages = schedule(EXAMPLE)
    assert [s.length for s in stages] == [256, 1024, 4096, 16384]
    assert [s.first for s in stages] == [0, 12500, 25000, 37500]
    assert [s.last for s in stages] == [12500, 25000, 37500, 50000]
    assert [s.fade_iterations for s in stages] == [0, 6250, 6250, 6250]
    assert stages[2].previous is stages[1]


def test_a_stage_reads_on_behind_what_was_read_before():
    _, stage = schedule("4096:4@2, 16384/5@4", iterations=12, critic_updates=2)
    # Four iterations of 2 x 2 sounds, and two of 2 x 4.
    assert stage.examples_before(6, 2) == 16 + 16


def test_batch_and_rate_belong_to_a_stage_and_sounds_are_counted():
    stages = schedule(
        "4096:10@128lr4e-4, 16384:20/5@16",
        iterations=30,
        critic_updates=2,
        learning_rate=1e-4,
    )
    assert [s.batch_size for s in stages] == [128, 16]
    assert [s.learning_rate for s in stages] == [4e-4, 1e-4]
    assert [s.examples_seen for s in stages] == [0, 10 * 128 * 2]


def test_the_fade_is_linear_from_0_to_1():
    stage = schedule("4096:10,16384/4", iterations=20)[1]
    fades = [stage.fade_after(i) for i in (0, 10, 11, 12, 13, 14, 15, 20)]
    assert fades == [0, 0, 0.25, 0.5, 0.75, 1, 1, 1]


def test_the_rate_halves_and_does_not_know_when_the_run_ends():
    for iterations in (20, 40):
        stages = schedule(
            "4096:10lr4e-4,16384",
            iterations=iterations,
            learning_rate=2e-4,
            half_life=10,
        )
        moments = ((0, 0), (0, 10), (1, 10), (1, 20))
        rates = [stages[n].learning_rate_after(i) for n, i in moments]
        assert rates == [4e-4, 2e-4, 1e-4, 5e-5]
    (plain,) = schedule("", half_life=30, learning_rate=1e-3)
    assert plain.learning_rate_after(15) == pytest.approx(1e-3 / 2**0.5)
    assert schedule("")[0].learning_rate_after(10**6) == 2e-4


def test_at_its_very_end_a_stage_has_not_grown_yet():
    stages = schedule("4096:10,16384", iterations=20)
    found = [stage_of(stages, i).index for i in (0, 9, 10, 11, 20, 21)]
    assert found == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("stages", "why"),
    [
        ("256", "the last length must be --length=16384"),
        ("4096,16384", "'4096' lacks its iterations"),
        ("1024:10,16384", "16384 is not 4 times 1024"),
        ("4096:10/5,16384", "nothing to fade from"),
        ("4096:10,16384/11", "gets 10 iterations, of which 11 fade"),
        ("4096:10,16384:5", "add up to 15 and --iterations=20"),
        ("4096:20,16384", "gets 0 iterations"),
        ("4096:x,16384", "'4096:x' is no stage"),
        (f"64:{'1' * 5000},256", "is no stage"),
        ("4096:10@0,16384", "--batch_size=0: expected integer from 1"),
        ("4096:10lr0,16384", "--learning_rate=0.0: expected number"),
        ("4096:10lr5,16384", "--learning_rate=5.0: expected number"),
        ("4096:10lr1e400,16384", "--learning_rate=inf: expected number"),
        ("4096:10lr1.2.3,16384", "'4096:10lr1.2.3' is no stage"),
        ("4096:10lr.,16384", "is no stage"),
        ("5:10,20", "5 is not one of (64, 256"),
        ("4096:10,,16384", "'' is no stage"),
    ],
)
def test_a_wrong_notation_is_refused_with_an_example(stages, why):
    with pytest.raises(ConfigError) as caught:
        schedule(stages, iterations=20)
    assert why in str(caught.value) and EXAMPLE in str(caught.value)


@pytest.mark.parametrize(
    ("part", "model", "train"),
    [
        ("partials", {"partials": 8}, {}),
        ("envelope", {"envelope": True}, {}),
        ("post_filter", {"post_filter": 8}, {}),
        ("spectrogram", {}, {"spectrogram": True}),
    ],
)
def test_parts_that_do_not_grow_are_refused(part, model, train):
    model = ModelConfig(**model)
    train = TrainConfig(stages=EXAMPLE, **train)
    with pytest.raises(ConfigError, match=f"--{part}, which does not grow"):
        make_schedule(model, train)
