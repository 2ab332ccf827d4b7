"""What is known of the stages from the first one."""

import pytest

from experiments.common import stage_times
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import make_schedule


def test_later_stages_take_as_much_longer_as_they_multiply(monkeypatch):
    timed = []

    def measure(model, train, lengths):
        timed.append((lengths, train.critic_updates))
        return {256: 0.5}, {256: 8.0}

    monkeypatch.setattr(stage_times, "measure", measure)
    seconds, compiling = stage_times.estimate(ModelConfig(), TrainConfig())
    assert timed == [((256,), 1)]
    assert tuple(seconds) == tuple(compiling) == stage_times.LENGTHS
    for number, length in enumerate(stage_times.LENGTHS, 1):
        # Five critic updates and one of the generator.
        assert seconds[length] == pytest.approx(0.5 * 3.7 * number, rel=0.05)
        assert compiling[length] == pytest.approx(8 * 1.7 * number, rel=0.05)


@pytest.mark.slow
def test_a_stage_is_timed():
    model = ModelConfig(length=256, width=1, latent_dim=2)
    train = TrainConfig(batch_size=2, critic_updates=1)
    seconds, compiling = stage_times.measure(model, train, 1, (256,))
    assert 0 < seconds[256] < compiling[256]


def test_equal_stages_share_the_iterations():
    train = TrainConfig(**stage_times.grown(50))
    stages = make_schedule(ModelConfig(), train)
    assert [s.last - s.first for s in stages] == [50, 50, 50, 50]
    assert [s.fade_iterations for s in stages] == [0, 25, 25, 25]
    assert tuple(s.length for s in stages) == stage_times.LENGTHS
