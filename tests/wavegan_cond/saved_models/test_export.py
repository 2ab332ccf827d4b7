"""The export of a run.

What a program without this package makes of it, and what is left of an export
that is killed, is tried in tests/reliability.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf

from experiments import export
from tests.fixtures.runs import make_run
from wavegan_cond.evaluation import sound_map
from wavegan_cond.saved_models import formats, graph_size
from wavegan_cond.saved_models.export import round_weights
from wavegan_cond.saved_models.formats import export_model
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.storage.atomic import FolderError
from wavegan_cond.synthesis import latents, steering
from wavegan_cond.synthesis.model_info import ModelError


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    generator = make_run(folder / "run", latent_dim=5, width=8)
    export_model(folder / "run", folder / "model")
    return folder, generator


def test_run_folder_and_saved_model_give_the_same_bytes(exported):
    folder, _ = exported
    run = load_model(folder / "run")
    saved = load_model(folder / "model")
    assert saved.info == run.info
    z, label = latents.draw(run.info, 0, 20), np.arange(20) % 3
    np.testing.assert_array_equal(
        saved.generate(z, label), run.generate(z, label)
    )
    weights = np.full((20, 3), 1 / 3)
    np.testing.assert_array_equal(saved.mix(z, weights), run.mix(z, weights))


def test_an_export_is_a_layer_of_keras(exported):
    path = str(exported[0] / "model")
    model = load_model(path)
    z = latents.draw(model.info, 0, 4)
    label = np.arange(4, dtype=np.int32) % 3
    expected = model.generate(z, label)
    layer = keras.layers.TFSMLayer(path, call_endpoint="generate")
    np.testing.assert_array_equal(layer(z, label=label)["audio"], expected)
    inputs = [keras.Input([5]), keras.Input([], dtype="int32")]
    outputs = layer(inputs[0], label=inputs[1])["audio"]
    found = keras.Model(inputs, outputs).predict([z, label], verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_an_export_comes_with_the_map_of_its_sounds(exported, tmp_path):
    export_model(exported[0] / "run", tmp_path / "new", with_map=True)
    model = load_model(tmp_path / "new")
    places = sound_map.read(tmp_path / "new")
    assert places == sound_map.make(model.info, model.generate)
    assert len(places) == sound_map.SOUNDS
    assert sound_map.read(exported[0] / "model") is None


def test_an_export_too_large_to_be_checked_says_so(
    exported, tmp_path, monkeypatch, capsys
):
    export_model(exported[0] / "run", tmp_path / "small")
    assert not capsys.readouterr().err
    monkeypatch.setattr(graph_size, "MAX_CALL", 1 << 10)
    export_model(exported[0] / "run", tmp_path / "large")
    said = capsys.readouterr().err
    assert said.startswith("warning: ") and said.count("\n") == 1
    assert "--trust_model" in said and "a call needs more than" in said
    with pytest.raises(ModelError, match="a call needs more than"):
        load_model(tmp_path / "large")
    assert load_model(tmp_path / "large", trust=True).info.iteration == 7


def test_sounds_that_are_all_the_same_have_no_map(tmp_path):
    generator = make_run(tmp_path / "run", conditioning="none")
    generator.set_weights([0 * weight for weight in generator.get_weights()])
    info = load_model(tmp_path / "run").info
    config = {"model": {}, "train": {}}
    source = formats.add_map(formats.ExportSource(generator, info, config))
    assert source.places is None


def test_a_taken_folder_is_left_alone(exported, tmp_path):
    folder, _ = exported
    (tmp_path / "mine").write_text("mine")
    before = sorted(folder.rglob("*"))
    for target in (tmp_path, folder / "model"):
        with pytest.raises(FolderError, match="not empty"):
            export.run(
                export.Settings(
                    model=str(folder / "run"), output_dir=str(target)
                )
            )
    assert (tmp_path / "mine").read_text() == "mine"
    assert sorted(folder.rglob("*")) == before


def test_a_checkpoint_can_be_chosen(tmp_path):
    make_run(tmp_path / "run", iteration=7)
    make_run(tmp_path / "run", iteration=12, seed=1)
    for checkpoint, iteration in (("newest", 12), ("7", 7), ("12", 12)):
        folder = tmp_path / checkpoint
        export.run(
            export.Settings(
                model=str(tmp_path / "run"),
                output_dir=str(folder),
                checkpoint=checkpoint,
            )
        )
        assert load_model(folder).info.iteration == iteration
    with pytest.raises(ModelError, match="one state"):
        load_model(folder, checkpoint="7")


def test_half_weights_take_half_the_space_and_sound_alike(exported, tmp_path):
    folder, generator = exported
    export_model(folder / "run", tmp_path / "half", half=True)
    sizes = [
        path.stat().st_size
        for model in (folder / "model", tmp_path / "half")
        for path in (model / "variables").glob("*.data*")
    ]
    weights = sum(w.nbytes for w in generator.get_weights())
    assert weights < sizes[0] < 1.2 * weights + 10_000  # each weight once
    assert sizes[1] < 0.6 * sizes[0]
    with pytest.raises(ModelError, match="half takes a run folder"):
        export_model(folder / "model", tmp_path / "again", half=True)
    half = load_model(tmp_path / "half")
    whole = load_model(folder / "model")
    assert half.info.fingerprint != whole.info.fingerprint
    z, label = latents.draw(whole.info, 0, 30), np.arange(30) % 3
    one, other = half.generate(z, label), whole.generate(z, label)
    assert 0 < np.abs(one - other).max() < 1e-3 * np.abs(other).max()


def test_rounded_weights_are_near_and_rounding_again_changes_nothing(tmp_path):
    generator = make_run(tmp_path / "run")
    generator.stem.bias.assign(np.full(generator.stem.bias.shape, 7e4))
    before = generator.get_weights()
    round_weights(generator)
    once = generator.get_weights()
    for one, other in zip(before, once, strict=True):
        assert np.abs(one - other).max() <= 0.51 * np.abs(one).max() / 32767
    round_weights(generator)
    for one, other in zip(once, generator.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_export_refuses_what_is_not_finite(exported):
    """Also in a program that has TensorFlow alone."""
    saved = tf.saved_model.load(str(exported[0] / "model"))
    for variable in saved.weights:
        variable.assign(np.nan * variable)
    with pytest.raises(tf.errors.InvalidArgumentError, match="not finite"):
        saved.signatures["generate"](z=tf.zeros([1, 5]), label=tf.constant([0]))


def test_the_steer_signature_is_generate_with_other_amounts(exported):
    model = load_model(exported[0] / "model")
    signatures = model.module.signatures
    z = latents.draw(model.info, 0, 6)
    label = np.arange(6, dtype=np.int32) % 3
    amounts = np.float32([[0.5, -1, 0]] * 6)
    audio = signatures["steer"](
        z=tf.constant(z), label=tf.constant(label), steer=tf.constant(amounts)
    )["audio"]
    steered = steering.steer(z, model.info.directions, amounts)
    np.testing.assert_allclose(audio, model.generate(steered, label), atol=1e-5)
    run = load_model(exported[0] / "run")
    assert run.info.directions == model.info.directions
