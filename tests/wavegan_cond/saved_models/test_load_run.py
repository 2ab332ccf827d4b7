"""The generator of a run folder, from the checkpoint that was asked for."""

import itertools
import math
import shutil

import pytest
import tensorflow as tf

from tests.fixtures.runs import make_run, model_config
from wavegan_cond.config import CONDITIONING, TrainConfig
from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.model.layout import START_LENGTH
from wavegan_cond.model.networks import make_networks
from wavegan_cond.saved_models import load_run
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.schedule import Stage, make_schedule
from wavegan_cond.settings import ConfigError
from wavegan_cond.synthesis.model_info import ModelError
from wavegan_cond.training import checkpoints
from wavegan_cond.training.checkpoint_folder import CheckpointError
from wavegan_cond.training.config_file import config_digest, to_json
from wavegan_cond.training.run_dir import RunDir, RunError

GROWING = Stage(1, 256, 10, 20, 5, 4, 1e-4)  # in its fade


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "run"
    for iteration in (7, 12, 100):
        make_run(path, seed=iteration, iteration=iteration)
    return path


@pytest.fixture
def run(made, tmp_path):
    """A run folder with three checkpoints, to be changed."""
    return RunDir(shutil.copytree(made, tmp_path / "run"))


def iteration_of(run, checkpoint):
    return load_run.load_run(run.path, checkpoint)[1].iteration


def test_a_checkpoint_is_chosen_by_its_iteration(run):
    assert iteration_of(run, "newest") == 100
    prints = set()
    for text, iteration in (("7", 7), ("12", 12), ("00000012", 12)):
        assert iteration_of(run, text) == iteration
        prints.add(load_run.load_run(run.path, text)[1].fingerprint)
    assert len(prints) == 2


@pytest.mark.parametrize("which", ["13", "", "-7", "7.0", "../7", "x" * 999])
def test_one_that_is_not_there_is_answered_with_those_that_are(run, which):
    with pytest.raises(ModelError, match=r"has 7, 12, 100$") as error:
        load_run.load_run(run.path, which)
    assert len(str(error.value)) < 300


def test_the_best_is_the_one_of_the_lowest_score(run, capsys):
    with pytest.raises(CheckpointError, match="score"):
        load_run.load_run(run.path, "best")
    assert iteration_of(run, "auto") == 100
    generator, _, _ = load_run.load_run(run.path, "12")
    variables = variables_of(generator, "generator")
    for iteration, score in ((12, 0.1), (100, 0.2)):
        checkpoints.save(run.checkpoints, variables, iteration, score=score)
    assert iteration_of(run, "best") == 12
    capsys.readouterr()
    assert load_model(run.path).info.iteration == 12  # "auto" is the default
    said = capsys.readouterr().err
    assert "iteration 12 has the best score" in said
    assert "the newest is 100 (--checkpoint=newest)" in said


def test_the_best_of_all_is_that_of_the_newest_growing_stage(tmp_path, capsys):
    """Shorter sounds may have a better score, and are not what is wanted."""
    train = TrainConfig(iterations=20, stages="64:10,256/5")
    variables = {"generator/x": tf.Variable(0.0)}

    def chosen():
        model = model_config(length=256)
        return load_run.best_or_newest(tmp_path, "", model, train)[1]

    for iteration, score in ((5, 0.1), (10, 0.2), (15, 0.3), (20, 0.4)):
        checkpoints.save(tmp_path, variables, iteration, score=score)
    assert chosen() == 15
    checkpoints.save(tmp_path, variables, 20, score=0.25)
    capsys.readouterr()
    assert chosen() == 20
    assert not capsys.readouterr().err


def test_a_damaged_checkpoint_is_passed_over_and_named(run, capsys):
    data = next((run.checkpoints / "iteration_00000100").glob("*.data*"))
    data.write_bytes(data.read_bytes()[:-1] + b"!")
    assert load_model(run.path).info.iteration == 12
    assert "iteration_00000100" in capsys.readouterr().err


@pytest.mark.parametrize("which", ["12", "best"])
def test_a_chosen_checkpoint_is_verified(run, which):
    generator, _, _ = load_run.load_run(run.path, "12")
    variables = variables_of(generator, "generator")
    path = checkpoints.save(run.checkpoints, variables, 12, score=0.0)
    data = next(path.glob("*.data*"))
    data.write_bytes(data.read_bytes()[:-1] + b"!")
    with pytest.raises(CheckpointError, match="has changed"):
        load_run.load_run(run.path, which)
    assert iteration_of(run, "newest") == 100


@pytest.mark.parametrize(
    "settings",
    [
        {"width": 1024},
        {"latent_dim": 4096},
        {"length": 65536, "width": 1024},
        {"classes": tuple(map(str, range(999)))},
        {"embedding_dim": 4096},
        {"conditioning": "none"},
        {"conditioning": "onehot"},
        {"upsampling": "zeros"},
        {"post_filter": 8},
        {"match_eq": True},
        {"noise": True},
        {"partials": 8},
    ],
)
def test_a_config_of_another_model_is_refused(run, settings):
    other = model_config(**settings)
    run.config.write_text(to_json(other, TrainConfig(), data="none"))
    with pytest.raises(CheckpointError, match="does not fit"):
        load_run.load_run(run.path)


@pytest.mark.parametrize(
    ("name", "is_so", "said"),
    [
        ("post_filter", 8, 0),
        ("match_eq", True, False),
        ("noise", True, False),
        ("partials", 8, 0),
        ("conditioning", "onehot", "none"),
    ],
)
def test_a_model_with_more_than_the_config_says_is_refused(
    tmp_path, name, is_so, said
):
    make_run(tmp_path, **{name: is_so})
    plain = to_json(model_config(**{name: said}), TrainConfig())
    RunDir(tmp_path).config.write_text(plain)
    with pytest.raises(CheckpointError, match="does not fit"):
        load_run.load_run(tmp_path)


def test_a_config_that_was_swapped_is_refused(run):
    """Names, rate and prior leave no trace in the shapes of the weights."""
    generator, _, model = load_run.load_run(run.path)
    variables = variables_of(generator, "generator")
    digest = config_digest(model, TrainConfig(), "none")
    checkpoints.save(run.checkpoints, variables, 200, config_digest=digest)
    assert iteration_of(run, "200") == 200
    for settings in ({"prior": "uniform"}, {"classes": ("a", "b", "c")}):
        other = model_config(**settings)
        run.config.write_text(to_json(other, TrainConfig(), data="none"))
        with pytest.raises(CheckpointError, match="another configuration"):
            load_run.load_run(run.path, "200")


@pytest.mark.parametrize(
    "content", [b"\xff", b" " * (2 << 20), b"[]"], ids=range(3)
)
def test_a_config_that_is_none(run, content):
    run.config.write_bytes(content)
    with pytest.raises((ConfigError, RunError)) as caught:
        load_run.load_run(run.path)
    assert caught.value.exit_code == 2 and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("length", "stage", "noise", "conditioning"),
    [
        (64, None, False, "embedding"),
        (256, None, False, "none"),
        (256, None, True, "onehot"),
        (1024, None, True, "embedding"),
        (32768, None, False, "onehot"),
        (32768, None, True, "none"),
        *itertools.product([1024], [GROWING], [False, True], CONDITIONING),
    ],
)
def test_the_size_is_known_before_a_network_is_built(
    length, stage, noise, conditioning
):
    model = model_config(
        length=length, conditioning=conditioning, width=2, noise=noise
    )
    plain = stage or make_schedule(model, TrainConfig())[0]
    least = load_run.least_bytes(model, plain)
    generator, critic = (
        4 * sum(math.prod(variable.shape) for variable in network.variables)
        for network in make_networks(model, stage=stage)
    )
    assert least <= generator
    assert max(generator, critic) <= max(least, 4 * 16 * length)


def test_a_giant_with_a_small_first_layer_is_refused(tmp_path):
    """Its first layer is as saved, all behind it would take 50 GB."""
    model = model_config(length=65536, latent_dim=1, width=1024)
    first = START_LENGTH * 1024 * 2**5
    small = {
        "generator/stem/kernel": tf.Variable(tf.zeros([1, first])),
        "generator/label_embedding/embeddings": tf.Variable(tf.zeros([3, 4])),
    }
    run_dir = RunDir(tmp_path)
    run_dir.create()
    checkpoints.save(run_dir.checkpoints, small, 1)
    run_dir.config.write_text(to_json(model, TrainConfig(), data=""))
    for load in (load_run.load_run, load_run.load_critic):
        with pytest.raises(CheckpointError, match="does not fit"):
            load(tmp_path)
