"""Which checkpoint a command plays."""

import pytest

from experiments import generate
from experiments.common import cli, loading
from tests.fixtures.runs import make_run
from wavegan_cond.saved_models.load_run import sounding_variables
from wavegan_cond.training import checkpoints
from wavegan_cond.training.run_dir import RunDir


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run whose best checkpoint is not its newest one."""
    path = tmp_path_factory.mktemp("run")
    variables = sounding_variables(make_run(path), "generator")
    for iteration, score in ((12, 0.1), (100, 0.2)):
        folder = RunDir(path).checkpoints
        checkpoints.save(folder, variables, iteration, score=score)
    return path


@pytest.mark.parametrize(
    ("flags", "iteration"),
    [
        ([], 12),
        (["--checkpoint=best"], 12),
        (["--checkpoint=newest"], 100),
        (["--checkpoint=7"], 7),
    ],
)
def test_it_is_the_best_one_unless_another_is_named(run, flags, iteration):
    argv = ["generate", f"--model={run}", *flags]
    values = cli.parse(generate.FLAGS, "", argv)
    assert loading.load_model(values).info.iteration == iteration
