"""A SavedModel that does more than compute is refused before it is loaded."""

import os
import shutil

import pytest
from tensorflow.core.protobuf import saved_model_pb2

from experiments.reliability import hostile_models
from tests.runs import make_generator_of, make_run, model_config
from wavegan_cond import layers, model_info, sealed, synth
from wavegan_cond.export import export_run, write_saved_model
from wavegan_cond.model_check import check_files, check_graph
from wavegan_cond.synth import ModelError

VARIANTS = [
    {
        "conditioning": conditioning,
        "upsampling": upsampling,
        "post_filter": taps,
    }
    for conditioning, taps in (("embedding", 0), ("onehot", 8), ("none", 8))
    for upsampling in ("nn", "zeros")
]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    make_run(folder / "run", length=64)
    export_run(folder / "run", folder / "model")
    return folder / "model"


@pytest.fixture
def model(exported, tmp_path):
    shutil.copytree(exported, tmp_path / "model")
    return tmp_path / "model"


def read(model):
    saved = saved_model_pb2.SavedModel()
    saved.ParseFromString((model / "saved_model.pb").read_bytes())
    return saved


@pytest.mark.parametrize("wide", [1, layers.WIDE], ids=["product", "conv"])
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_every_export_of_this_project_passes(
    variant, wide, tmp_path, monkeypatch
):
    monkeypatch.setattr(layers, "WIDE", wide)  # both forms of a convolution
    config = model_config(length=64, **variant)
    generator = make_generator_of(config)
    info = model_info.describe(config, generator, iteration=1)
    write_saved_model(generator, info, {}, tmp_path / "model")
    check_files(tmp_path / "model")
    check_graph(tmp_path / "model")
    size = (tmp_path / "model" / "saved_model.pb").stat().st_size
    assert size < 250_000  # far from the limit


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("ReadFile", "would read files"),
        ("MatchingFiles", "would read files"),
        ("WriteFile", "would write files"),
        ("SaveV2", "would write files"),
        ("PrintV2", "would write files"),
        ("PyFunc", "would run Python"),
        ("EagerPyFunc", "would run Python"),
    ],
)
def test_a_model_that_does_more_is_not_loaded(operation, said, tmp_path):
    canary, model = tmp_path / "canary", tmp_path / "model"
    canary.write_text("alive")
    act = hostile_models.operations()[operation]
    hostile_models.write(model, act, canary)
    sealed.seal(model)  # whoever writes a model can write its manifest
    with pytest.raises(ModelError, match=said) as error:
        synth.load_model(model)
    assert operation in str(error.value) and "--trust_model" in str(error.value)
    assert sorted(os.listdir(tmp_path)) == ["canary", "model"]
    assert canary.read_text() == "alive"
    if operation in ("WriteFile", "PyFunc", "EagerPyFunc", "PrintV2"):
        # It is the check that keeps the canary alive.
        assert synth.load_model(model, trust=True).info.length == 64
        assert hostile_models.TOUCHED in canary.read_text()


def call_the_saver(meta):
    """Makes an exported signature write a file of its caller's choice."""
    functions = meta.graph_def.library.function
    names = [function.signature.name for function in functions]
    saver = next(name for name in names if "traced_save" in name)
    for function in functions:
        if "signature_wrapper_generate" in function.signature.name:
            for node in function.node_def:
                if node.op.endswith("PartitionedCall"):
                    node.attr["f"].func.name = saver


def name_the_saver(meta):
    call_the_saver(meta)
    meta.saver_def.Clear()


def give_an_operation_a_body(meta):
    body = meta.graph_def.library.function.add()
    body.signature.name = "Relu"


def define_twice(meta):
    library = meta.graph_def.library
    library.function.add().CopyFrom(library.function[0])


def call_what_is_not_there(meta):
    node = meta.graph_def.library.function[0].node_def.add()
    node.op = "PartitionedCall"
    node.attr["f"].func.name = "absent"


def double(meta, levels=12, width=8, again=None):
    """Adds functions that each call the next one several times."""
    for level in range(levels):
        function = meta.graph_def.library.function.add()
        function.signature.name = f"level_{level}"
        last = level == levels - 1
        for _ in range(width):
            node = function.node_def.add()
            node.op = "NoOp" if last and not again else "PartitionedCall"
            if node.op != "NoOp":
                callee = again if last else f"level_{level + 1}"
                node.attr["f"].func.name = callee
    node = meta.graph_def.node.add()
    node.op = "PartitionedCall"
    node.attr["f"].func.name = "level_0"


def hide_a_function(meta):
    """Calls a function through the attribute of a function's attribute."""
    node = meta.graph_def.library.function[0].node_def.add()
    node.op = "PartitionedCall"
    node.attr["f"].func.name = meta.graph_def.library.function[1].signature.name
    node.attr["f"].func.attr["g"].func.name = "absent"


def fill_memory(meta):
    node = meta.graph_def.library.function[0].node_def.add()
    node.op = "Const"
    value = node.attr["value"].tensor
    value.dtype = 1
    value.float_val.append(0)
    for _ in range(3):
        value.tensor_shape.dim.add().size = 10**4


def keep_a_handle(meta):
    node = meta.graph_def.node.add()
    node.op = "Const"
    node.attr["value"].tensor.dtype = 20  # a resource


def grow_a_variable(meta):
    for node in meta.object_graph_def.nodes:
        if node.WhichOneof("kind") == "variable":
            node.variable.shape.dim[0].size = 10**9


def hold_a_resource(meta):
    meta.object_graph_def.nodes.add().resource.device = ""


def hold_an_optimizer(meta):
    meta.object_graph_def.nodes.add().user_object.identifier = "optimizer"


def hold_an_asset(meta):
    meta.asset_file_def.add().filename = "../canary"


def register_a_class(meta):
    meta.object_graph_def.nodes[0].registered_name = "Custom.Thing"


def restore_by_a_function(meta):
    objects = meta.object_graph_def.nodes[0].saveable_objects
    objects["x"].save_function = 1


def become_a_graph_of_tensorflow_1(meta):
    meta.ClearField("object_graph_def")


def define_a_gradient(meta):
    meta.graph_def.library.gradient.add().function_name = "x"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (call_the_saver, "calls its saver"),
        (name_the_saver, "would (read|write) files"),
        (give_an_operation_a_body, "second meaning"),
        (define_twice, "second meaning"),
        (call_what_is_not_there, "does not have"),
        (hide_a_function, "does not have"),
        (double, "without an end"),
        (lambda meta: double(meta, 30, 1), "without an end"),
        (lambda meta: double(meta, 3, 1, "level_1"), "without an end"),
        (fill_memory, "larger than"),
        (keep_a_handle, "no number"),
        (grow_a_variable, "are not there"),
        (hold_a_resource, "another kind"),
        (hold_an_optimizer, "another kind"),
        (hold_an_asset, "read files"),
        (register_a_class, "functions of its own"),
        (restore_by_a_function, "functions of its own"),
        (become_a_graph_of_tensorflow_1, "TensorFlow 2"),
        (define_a_gradient, "gradients"),
    ],
)
def test_a_graph_that_was_tampered_with(model, change, said):
    check_graph(model)
    saved = read(model)
    change(saved.meta_graphs[0])
    (model / "saved_model.pb").write_bytes(saved.SerializeToString())
    with pytest.raises(ModelError, match=said):
        check_graph(model)


def test_a_second_graph_is_refused(model):
    saved = read(model)
    saved.meta_graphs.add().graph_def.node.add().op = "ReadFile"
    (model / "saved_model.pb").write_bytes(saved.SerializeToString())
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
    saved = read(model)
    node = saved.meta_graphs[0].graph_def.node.add()
    inner = node.attr["f"]
    for _ in range(200):
        inner = inner.func.attr["f"]
    (model / "saved_model.pb").write_bytes(saved.SerializeToString())
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
        synth.load_model(model)
