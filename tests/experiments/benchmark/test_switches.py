"""Iterations with and without XLA and oneDNN, in processes of their own."""

import pytest

from experiments.benchmark import switches
from experiments.common.parallel_runs import TrainingError

TINY = "--width=1 --length=64 --batch_size=2 --critic_updates=1".split()


def test_a_version_trains_in_a_process_of_its_own(monkeypatch):
    monkeypatch.setattr(switches, "VERSIONS", {"both": ("on", "0")})
    seconds = switches.measure([*TINY, "--latent_dim=2"], 2)
    assert seconds.keys() == {"both"} and 0 < seconds["both"] < 10


def test_a_process_that_ends_is_told(capfd):
    with pytest.raises(
        TrainingError, match="--width=0 --xla=off has ended"
    ) as error:
        switches.measure(["--width=0"], 1)
    assert error.value.exit_code == 2
    assert "--width=0" in capfd.readouterr().err
