"""A graph that was tampered with is refused before it is loaded."""

import pytest
from tensorflow.core.protobuf import saved_model_pb2

from tests.fixtures import tampering
from tests.fixtures.runs import make_export
from wavegan_cond.saved_models.graph_check import danger
from wavegan_cond.saved_models.model_check import check_graph
from wavegan_cond.synthesis.model_info import ModelError


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return make_export(tmp_path_factory.mktemp("export"), length=64)


@pytest.mark.parametrize(
    ("change", "said"),
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
        (tampering.fill_memory, "larger than"),
        (tampering.keep_a_handle, "no number"),
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
def test_a_graph_that_was_tampered_with(model, change, said):
    path = model / "saved_model.pb"
    whole, saved = path.read_bytes(), saved_model_pb2.SavedModel()
    check_graph(model)
    saved.ParseFromString(whole)
    change(saved.meta_graphs[0])
    path.write_bytes(saved.SerializeToString())
    try:
        with pytest.raises(ModelError, match=said):
            check_graph(model)
    finally:
        path.write_bytes(whole)


def test_the_worst_is_named_first():
    ranked = ["PyFunc", "WriteFile", "ReadFile", "Foo"]
    ranks = [danger(operation)[0] for operation in ranked]
    assert ranks == sorted(ranks) and len(set(ranks)) == 4
