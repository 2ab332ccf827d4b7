"""A SavedModel that does more than compute is refused before it is loaded."""

import dataclasses
import os
import shutil

import numpy as np
import pytest
from tensorflow.core.protobuf import saved_model_pb2

from tests.fixtures import hostile_models, tampering
from tests.fixtures.runs import make_export, make_generator_of, model_config
from wavegan_cond.model import layers
from wavegan_cond.model.networks import make_generator
from wavegan_cond.saved_models.export import ExportSource, write_saved_model
from wavegan_cond.saved_models.graph_check import (
    MAX_BYTES,
    check_files,
    check_graph,
    danger,
)
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.schedule import Stage
from wavegan_cond.synthesis import synth
from wavegan_cond.synthesis.describe import describe
from wavegan_cond.synthesis.model_info import ModelError

VARIANTS = [
    {
        "conditioning": conditioning,
        "upsampling": upsampling,
        "post_filter": taps,
        "match_eq": match,
    }
    for conditioning, taps, match in (
        ("embedding", 0, False),
        ("onehot", 8, True),
        ("none", 8, False),
    )
    for upsampling in ("nn", "zeros")
] + [
    {
        "length": 16384,
        "width": 1,
        "noise": True,
        "partials": 128,
        "envelope": True,
    }
]
GROWING = Stage(1, 64, 10, 20, 5, 4, 1e-4)  # in its fade


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return make_export(tmp_path_factory.mktemp("export"), length=64)


@pytest.fixture
def model(exported, tmp_path):
    shutil.copytree(exported, tmp_path / "model")
    return tmp_path / "model"


def change(model, alter):
    """Alters the SavedModel message of a model."""
    path, saved = model / "saved_model.pb", saved_model_pb2.SavedModel()
    saved.ParseFromString(path.read_bytes())
    alter(saved)
    path.write_bytes(saved.SerializeToString())


@pytest.mark.parametrize(
    ("variant", "wide"),
    [
        *((variant, layers.WIDE) for variant in VARIANTS),
        *((v, 1) for v in VARIANTS if v.get("upsampling") == "nn"),
    ],
    ids=str,
)
def test_every_export_of_this_project_passes(
    variant, wide, tmp_path, monkeypatch
):
    monkeypatch.setattr(layers, "WIDE", wide)  # of 1: products
    config = model_config(**{"length": 64, **variant})
    generator = make_generator_of(config)
    info = describe(config, generator, iteration=1)
    write_saved_model(ExportSource(generator, info, {}), tmp_path / "model")
    check_files(tmp_path / "model")
    check_graph(tmp_path / "model")
    size = (tmp_path / "model" / "saved_model.pb").stat().st_size
    assert size < MAX_BYTES / 4


def test_a_model_that_is_growing_passes_too(tmp_path):
    config = model_config(length=1024)
    stage = dataclasses.replace(GROWING, length=256)
    generator = make_generator(config, stage=stage)
    info = describe(config, generator, 12, full_rate=True)
    write_saved_model(ExportSource(generator, info, {}), tmp_path / "model")
    check_files(tmp_path / "model")
    check_graph(tmp_path / "model")
    made = load_model(tmp_path / "model")
    z, label = np.zeros((2, 3)), [0, 1]
    live = synth.from_generator(generator, info).generate(z, label)
    assert live.shape == (2, 1024)
    np.testing.assert_allclose(made.generate(z, label), live, atol=1e-6)


@pytest.mark.parametrize(
    "operation", ["WriteFile", "PrintV2", "PyFunc", "EagerPyFunc"]
)
def test_it_is_the_check_that_keeps_a_canary_alive(operation, tmp_path):
    """That each is refused is tried in tests/reliability."""
    canary, model = tmp_path / "canary", tmp_path / "model"
    hostile_models.write(model, hostile_models.operations()[operation], canary)
    assert load_model(model, trust=True).info.length == 64
    assert hostile_models.TOUCHED in canary.read_text()


def test_a_second_graph_is_refused(model):
    def alter(saved):
        saved.meta_graphs.add().graph_def.node.add().op = "ReadFile"

    change(model, alter)
    with pytest.raises(ModelError, match="TensorFlow 2"):
        check_graph(model)


@pytest.mark.parametrize(
    "content", [b"", b"\xff" * 99, b"\x12\xff\xff\xff\x7f", b"\0" * (1 << 23)]
)
def test_a_file_that_is_no_graph(model, content):
    (model / "saved_model.pb").write_bytes(content)
    with pytest.raises(ModelError, match=r"damaged|TensorFlow 2"):
        check_graph(model)


def test_messages_nested_too_deep_are_damage(model):
    def alter(saved):
        inner = saved.meta_graphs[0].graph_def.node.add().attr["f"]
        for _ in range(200):
            inner = inner.func.attr["f"]

    change(model, alter)
    with pytest.raises(ModelError, match="damaged"):
        check_graph(model)


def test_only_files_of_an_export_are_there(model, tmp_path):
    check_files(model)
    for name in ("saved_model.pbtxt", "assets/x", "variables/x", "x.py"):
        (model / name).write_text("")
        with pytest.raises(ModelError, match=f"an export has no {name}"):
            check_files(model)
        (model / name).unlink()
    (tmp_path / "out").mkdir()
    (model / "extra").symlink_to(tmp_path / "out")
    with pytest.raises(ModelError, match="no extra"):
        check_files(model)


def test_what_lies_beside_an_export_is_a_file_too(model, tmp_path):
    """A licence that is a link would be copied from elsewhere into a kit."""
    for name in ("LICENSE", "variables/.DS_Store"):
        (model / name).write_text("mine")
        check_files(model)
    (model / "LICENSE").unlink()
    (model / "LICENSE").symlink_to(model / "info.json")
    with pytest.raises(ModelError, match="LICENSE is a link"):
        check_files(model)


@pytest.mark.parametrize("make", ["link", "pipe", "folder"])
def test_files_are_files(model, tmp_path, make):
    index = model / "variables" / "variables.index"
    index.rename(tmp_path / "index")
    if make == "link":
        index.symlink_to(tmp_path / "index")
    elif make == "pipe":
        os.mkfifo(index)
    else:
        index.mkdir()
    with pytest.raises(ModelError, match="link, a device or a folder"):
        load_model(model)


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (tampering.call_the_saver, "calls its saver"),
        (tampering.name_the_saver, "would (read|write) files"),
        (tampering.give_an_operation_a_body, "second meaning"),
        (tampering.define_twice, "second meaning"),
        (tampering.call_what_is_not_there, "does not have"),
        (tampering.hide_a_function, "does not have"),
        (tampering.double, "without an end"),
        (lambda meta: tampering.double(meta, 30, 1), "without an end"),
        (
            lambda meta: tampering.double(meta, 3, 1, "level_1"),
            "without an end",
        ),
        (tampering.call_a_large_function_often, "without an end"),
        (tampering.hold_very_many_constants, "more constants"),
        (tampering.fill_memory, "larger than"),
        (tampering.keep_a_handle, "no number"),
        (tampering.hold_a_giant_size, "a size larger"),
        (tampering.add_a_function, "no signature calls its function left_over"),
        (tampering.repeat_a_name, "one name"),
        (tampering.name_as_an_input, "two are named z"),
        (tampering.wait_in_a_circle, "wait for each other"),
        (tampering.swap_the_inputs, "do not name their inputs"),
        (tampering.lose_a_signature, "signature that is not there"),
        (tampering.lose_a_weight, "weight that is not there"),
        (tampering.join_texts_again_and_again, "joins texts"),
        (tampering.grow_a_variable, "are not there"),
        (tampering.hold_a_resource, "another kind"),
        (tampering.hold_an_optimizer, "another kind"),
        (tampering.hold_an_asset, "read files"),
        (tampering.register_a_class, "functions of its own"),
        (tampering.restore_by_a_function, "functions of its own"),
        (tampering.become_a_graph_of_tensorflow_1, "TensorFlow 2"),
        (tampering.define_a_gradient, "gradients"),
    ],
)
def test_a_graph_that_was_tampered_with(model, tamper, said):
    change(model, lambda saved: tamper(saved.meta_graphs[0]))
    with pytest.raises(ModelError, match=said):
        check_graph(model)


def test_the_worst_is_named_first():
    ranked = ["PyFunc", "WriteFile", "ReadFile", "Foo"]
    ranks = [danger(operation)[0] for operation in ranked]
    assert ranks == sorted(ranks) and len(set(ranks)) == 4
