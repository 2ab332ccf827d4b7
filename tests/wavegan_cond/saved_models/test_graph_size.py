"""What a model would need of memory is known before it is loaded."""

import numpy as np
import pytest
import tensorflow as tf

from tests.fixtures import hostile_models
from tests.fixtures.runs import make_generator_of, model_config
from wavegan_cond.saved_models import graph_check, graph_size
from wavegan_cond.saved_models.export import ExportSource, write_saved_model
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis.describe import describe
from wavegan_cond.synthesis.model_info import ModelError
from wavegan_cond.synthesis.synth import BATCH


def again(step, times=40):
    def grow(z):
        for _ in range(times):
            z = step(z)
        return z

    return grow


def column(x):
    return tf.reshape(x, [-1, 1])


def row(x):
    return tf.reshape(x, [1, -1])


def numbers(*shape):
    """Returns a constant that takes its size in the file."""
    return tf.constant(np.random.default_rng(0).random(shape, np.float32))


def integer(x):
    return tf.cast(tf.reduce_sum(x), tf.int32)


@tf.function
def doubled(x):
    return tf.concat([x, x], 0)


def chosen(z):
    """Returns the sum of a large product, made in one branch alone."""
    wide = again(lambda z: tf.concat([z, z], 0), 12)(z)

    def product():
        # With an assertion in it TensorFlow keeps it a branch.
        tf.debugging.Assert(integer(z) >= 0, [z])
        return tf.reduce_sum(column(wide) * row(wide), [0, 1])

    return tf.reshape(tf.cond(integer(z) >= 0, product, lambda: 0.0), [1])


def laid_out(z):
    """Returns a convolution whose columns are large, not its result."""
    maps = tf.reshape(again(doubled, 14)(z), [BATCH, 1, -1, 1])
    taps = numbers(1, 1 << 16, 1, 1)
    size = tf.shape(maps)
    return tf.nn.conv2d_transpose(maps, taps, size, 1, "SAME")


BOMBS = {
    "broadcast": again(lambda z: column(z) * row(z), 4),
    "sums": again(lambda z: column(z) + row(z), 4),
    "comparison": again(lambda z: tf.cast(column(z) >= row(z), tf.float32), 4),
    "product": again(lambda z: column(z) @ row(z), 4),
    "joins": again(lambda z: tf.concat([z, z], 0)),
    "stack": again(lambda z: tf.stack([z, z])),
    "joins in functions": again(doubled),
    "pads": again(lambda z: tf.pad(z, [[0, 99999], [0, 99999]]), 1),
    "one hot": again(lambda z: tf.one_hot(tf.cast(z, tf.int32), 1 << 20), 2),
    "one hot of an input": lambda z: tf.one_hot([1], integer(z)),
    "pad of an input": lambda z: tf.pad(z, [[0, integer(z)], [0, 0]]),
    "gather": again(lambda z: tf.gather(z, tf.cast(z, tf.int32)), 5),
    "choice": again(lambda z: tf.where(column(z) >= 0, row(z), 0.0), 4),
    "spectrum": lambda z: tf.signal.irfft(
        tf.complex(column(again(doubled, 20)(z)), 0.0), [1 << 20]
    ),
    "constants": lambda z: column(numbers(1 << 16)) * row(numbers(1 << 16)),
    "branch": chosen,
    "texts": lambda z: tf.cast(
        tf.shape(tf.stack([tf.constant("x" * 999)] * 99)), tf.float32
    ),
}


@pytest.fixture
def refused(tmp_path):
    def load(grow):
        model = tmp_path / "model"
        hostile_models.write(model, grow=grow)
        with pytest.raises(ModelError) as error:
            load_model(model)
        return str(error.value)

    return load


@pytest.mark.parametrize("name", BOMBS)
def test_a_model_that_asks_for_all_memory(name, refused):
    said = refused(BOMBS[name])
    assert "\n" not in said and "--trust_model" in said
    assert any(
        words in said
        for words in ("needs more than 4 GiB", "unknown size", "no numbers")
    ), said


def shaped_by(product):
    """Reshapes z by a number that follows from constants, and takes long."""

    def grow(z):
        zero = tf.cast(tf.reduce_sum(product()), tf.int32) * 0
        return tf.reshape(z, tf.stack([-1, zero + 3]))

    return grow


LONG = {
    "MatMul": lambda: numbers(4, 4) @ numbers(4, 4),
    "BatchMatMulV2": lambda: numbers(2, 4, 4) @ numbers(2, 4, 4),
    "Conv2D": lambda: tf.nn.conv2d(
        numbers(1, 4, 4, 1), numbers(4, 4, 1, 1), 1, "SAME"
    ),
    "AddV2": lambda: column(numbers(300)) + row(numbers(300)),
}


@pytest.mark.parametrize("name", LONG)
def test_sizes_that_take_long_to_compute(name, refused):
    """TensorFlow computes them as soon as a shape depends on them."""
    assert f"its {name} computes much from con" in refused(
        shaped_by(LONG[name])
    )


def test_a_function_under_many_signatures_is_measured_once(
    tmp_path, monkeypatch
):
    model = tmp_path / "model"
    hostile_models.write(model)
    meta = graph_check.parse(model / "saved_model.pb")
    for node in meta.object_graph_def.nodes:
        if node.user_object.identifier == "signature_map":
            for child in list(node.children):
                for number in range(100):
                    node.children.add(
                        node_id=child.node_id, local_name=f"{number}"
                    )
    measured = []

    class Counted(graph_size.Call):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            measured.append(self)

    monkeypatch.setattr(graph_size, "Call", Counted)
    graph_check.check_functions(meta)
    assert len(measured) == 3


def test_columns_of_a_convolution(refused):
    assert "Conv2DBackpropInput a call needs more" in refused(laid_out)


def test_what_fits_is_loaded(tmp_path):
    model = tmp_path / "model"
    square = again(lambda z: tf.matmul(z, z, transpose_a=True), 9)  # [3, 3]
    hostile_models.write(model, grow=square)
    assert load_model(model).info.length == hostile_models.LENGTH


def test_every_byte_is_counted(tmp_path, monkeypatch):
    """A call of two outer products, in closed form."""
    model, side = tmp_path / "model", BATCH * 3
    hostile_models.write(model, grow=lambda z: column(z) @ row(z))
    monkeypatch.setattr(graph_size, "MAX_CALL", 4 * side**2)
    with pytest.raises(ModelError, match="needs more"):
        graph_check.check_graph(model)
    small = 4 * (side**2 + 20 * side + 20 * BATCH * hostile_models.LENGTH)
    monkeypatch.setattr(graph_size, "MAX_CALL", small)
    graph_check.check_graph(model)


@pytest.mark.parametrize(
    "settings",
    [
        {"match_eq": True, "latent_dim": 3},
        {"latent_dim": 100, "embedding_dim": 100, "post_filter": 512},
    ],
    ids=str,
)
def test_the_size_of_the_paper_passes(settings, tmp_path):
    config = model_config(width=64, length=16384, **settings)
    generator = make_generator_of(config)
    info = describe(config, generator, iteration=1)
    write_saved_model(ExportSource(generator, info, {}), tmp_path / "model")
    graph_check.check_graph(tmp_path / "model")
