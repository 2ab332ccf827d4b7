"""A model from its folder: the same sounds whatever is made beside them."""

import numpy as np
import pytest

from tests.fixtures.runs import (
    LENGTH,
    make_generator_of,
    make_run,
    model_config,
)
from wavegan_cond.config import TrainConfig
from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.saved_models.load_run import load_run
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.ends import clean_ends
from wavegan_cond.synthesis.model_info import ModelError
from wavegan_cond.training import checkpoints
from wavegan_cond.training.config_file import to_json
from wavegan_cond.training.run_dir import RunDir, RunError


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("run")
    return path, make_run(path)


@pytest.fixture(scope="module")
def model(run):
    return load_model(run[0])


def some(count):
    return latents.draw(model_config(), 0, count), np.arange(count) % 3


def test_a_run_gives_its_generators_sounds(run, model):
    z, label = some(5)
    waves = model.generate(z, label)
    assert waves.shape == (5, LENGTH) and waves.dtype == np.float32
    expected = clean_ends(run[1](z, label.astype(np.int32))[:, :, 0])
    np.testing.assert_allclose(waves, expected, atol=1e-6)
    assert np.ptp(waves) > 1e-3


def test_a_sound_does_not_depend_on_its_company(model):
    z, label = some(40)
    together = model.generate(z, label)
    for row in (0, 15, 16, 39):
        alone = model.generate(z[row : row + 1], label[row : row + 1])
        np.testing.assert_array_equal(alone[0], together[row])
    order = np.random.default_rng(0).permutation(40)
    shuffled = model.generate(z[order], label[order])
    np.testing.assert_array_equal(shuffled, together[order])


def test_nothing_to_make_is_refused(model):
    for z, label in ((some(0)), (some(3)[0], some(2)[1])):
        with pytest.raises(ValueError, match="labels or weights"):
            model.generate(z, label)


def test_the_fingerprint_is_of_weights_and_shape(tmp_path, model):
    prints = {model.info.fingerprint}
    for number, settings in enumerate(({"seed": 1}, {"prior": "uniform"})):
        make_run(tmp_path / str(number), **settings)
        info = load_model(tmp_path / str(number)).info
        prints.add(info.fingerprint)
    assert len(prints) == 3
    make_run(tmp_path / "same", iteration=99)
    same = load_model(tmp_path / "same").info
    assert same.fingerprint == model.info.fingerprint and same.iteration == 99


def test_the_average_is_preferred(tmp_path):
    generator = make_run(tmp_path)
    run_dir = RunDir(tmp_path)
    _, _, config = load_run(tmp_path)
    run_dir.config.write_text(to_json(config, TrainConfig(average=0.9)))
    other = make_generator_of(config, seed=1)
    variables = {
        **variables_of(generator, "average"),
        **variables_of(other, "generator"),
    }
    checkpoints.save(run_dir.checkpoints, variables, 8)
    loaded, info, _ = load_run(tmp_path)
    assert info.iteration == 8
    both = loaded.get_weights(), generator.get_weights()
    for one, two in zip(*both, strict=True):
        np.testing.assert_array_equal(one, two)


def test_folders_without_a_model(tmp_path):
    with pytest.raises(ModelError, match="neither a run folder"):
        load_model(tmp_path)
    with pytest.raises(RunError, match="no run folder"):
        load_run(tmp_path)
    with pytest.raises(ModelError, match="File name too long"):
        load_model("x" * 5000)
    (tmp_path / "saved_model.pb").write_bytes(b"not a graph")
    with pytest.raises(ModelError, match="damaged"):
        load_model(tmp_path)
    run_dir = RunDir(tmp_path / "new")
    run_dir.create()
    run_dir.config.write_text(to_json(model_config(), TrainConfig()))
    with pytest.raises(ModelError, match="no checkpoint yet"):
        load_model(tmp_path / "new")
