"""Memory that the signatures of a SavedModel need, before it is loaded.

A few allowed operations can ask for all memory: products that broadcast, a Pad,
a OneHot, a tensor joined with itself again and again. What they ask for is in
their shapes. The signatures are therefore built here, operation by operation,
for the batch that ``Synth`` calls them with, and TensorFlow's own rules say the
shape of each result. All results of a call together must fit a limit, so that
no order of computing them needs more.

TensorFlow computes what follows from constants as soon as a shape depends on
it, here and while it loads. Each operation is measured before another one can
use it, and a function that no signature calls is refused.
"""

import graphlib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wavegan_cond.storage.untrusted import one_line
from wavegan_cond.synthesis.model_info import ModelError

MAX_CALL = 1 << 32  # bytes; d = 64 needs 0.6 GiB, 2.5 at 65536 samples
CALLS = {"PartitionedCall", "StatefulPartitionedCall"}
# Results that are another view of what is there.
SHARING = {"ExpandDims", "Identity", "ReadVariableOp", "Reshape", "Squeeze"}
# What may hand on text and the handles of variables.
PASSING = {"Const", "Identity", "Placeholder", "VarHandleOp"}


def check_sizes(meta: Any, saving: set[str], batch: int) -> None:
    """Raises ModelError unless every signature fits into the memory of a call.

    Args:
      meta: MetaGraphDef of which ``graph_check`` allows the operations and the
        calls.
      saving: names of the functions that save and restore.
      batch: size of the first axis of every input.

    Raises:
      ModelError: a size is not known or too large, an input has no name, or no
        signature calls a function.
    """
    import tensorflow as tf

    library = meta.graph_def.library.function
    functions = {each.signature.name: each for each in library}
    unused = functions.keys() - saving
    for function in _signatures(meta):
        name = function.concrete_function_name
        if name not in functions:
            raise ModelError("it has a signature without a function")
        with tf.Graph().as_default() as graph:
            call = Call(graph, functions)
            call.compute(name, _inputs(meta, functions[name], function, batch))
        unused -= call.entered
    if unused:
        name = one_line(min(unused), 80)
        raise ModelError(f"no signature calls its function {name}")


def _signatures(meta) -> Iterator:
    """Yields the BareConcreteFunction of each signature."""
    nodes = meta.object_graph_def.nodes
    for node in nodes:
        if node.user_object.identifier == "signature_map":
            for child in node.children:
                if not 0 <= child.node_id < len(nodes):
                    raise ModelError("it has a signature that is not there")
                signature = nodes[child.node_id]
                if signature.WhichOneof("kind") != "bare_concrete_function":
                    raise ModelError("it has a signature that is no function")
                yield signature.bare_concrete_function


def _inputs(meta, function, signature, batch: int) -> list:
    """Returns tensors of the shapes with which a signature is called."""
    import tensorflow as tf

    objects = meta.object_graph_def
    concrete = objects.concrete_functions[signature.concrete_function_name]
    spec = concrete.canonicalized_input_signature.tuple_value.values
    fields = spec[1].dict_value.fields if len(spec) == 2 else {}
    given = function.signature.input_arg[: len(fields)]
    names = [argument.name for argument in given]
    # So it does not matter by which of them TensorFlow orders the inputs.
    if not sorted(fields) == names == list(signature.argument_keywords):
        raise ModelError("its signatures do not name their inputs")
    tensors = []
    for name in names:
        tensor = fields[name].tensor_spec_value
        sizes = [axis.size for axis in tensor.shape.dim]
        shape = [batch, *sizes[1:]] if sizes[:1] == [-1] else sizes
        tensors.append(tf.compat.v1.placeholder(tensor.dtype, shape))
    for place in concrete.bound_inputs:
        if not 0 <= place < len(objects.nodes):
            raise ModelError("it uses a weight that is not there")
        weight = objects.nodes[place].variable
        shape = [axis.size for axis in weight.shape.dim]
        handle = tf.raw_ops.VarHandleOp(dtype=weight.dtype, shape=shape)
        tensors.append(handle)
    return tensors


class Call:
    """A call of a signature: all its functions, built into one graph.

    Args:
      graph: an empty tf.Graph.
      functions: the FunctionDefs of the library by name; they do not call each
        other without an end.

    Attributes:
      entered: names of the functions that were called.
    """

    def __init__(self, graph: Any, functions: Mapping[str, Any]):
        self.entered: set[str] = set()
        self._graph, self._functions, self._left = graph, functions, MAX_CALL

    def compute(self, name: str, inputs: list) -> list:
        """Builds a function; returns its results.

        Raises:
          ModelError: a size is not known or too large, or the function is
            damaged.
        """
        self.entered.add(name)
        function = self._functions[name]
        arguments = [each.name for each in function.signature.input_arg]
        try:
            pairs = zip(arguments, inputs, strict=True)
            made = {argument: [tensor] for argument, tensor in pairs}
            for node in in_order(function.node_def):
                if node.name in made:
                    raise ValueError(f"two are named {node.name}")
                values = [
                    tensor_of(made, text)
                    for text in node.input
                    if not text.startswith("^")
                ]
                made[node.name] = self._build(node, values)
            return [
                tensor_of(made, function.ret[output.name])
                for output in function.signature.output_arg
            ]
        except ModelError:
            raise
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ModelError(
                f"its operations do not fit together: {one_line(error)}"
            ) from error

    def _build(self, node, inputs: list) -> list:
        """Returns the measured results of one operation."""
        if node.op in CALLS:
            return self.compute(node.attr["f"].func.name, inputs)
        if node.op == "If":
            return self._either(node, inputs[1:])
        attributes = {
            key: value
            for key, value in node.attr.items()
            if not key.startswith("_")
        }
        operation = self._graph.create_op(
            node.op, inputs, attrs=attributes, name="x"
        )
        self._take(operation)
        return list(operation.outputs)

    def _either(self, node, inputs: list) -> list:
        """Returns the results of one branch, which are those of the other."""
        branches = [
            self.compute(node.attr[key].func.name, inputs)
            for key in ("then_branch", "else_branch")
        ]
        shapes = [[(t.dtype, t.shape) for t in each] for each in branches]
        if shapes[0] != shapes[1]:
            raise ModelError("its branches make results of different sizes")
        return branches[0]

    def _take(self, operation) -> None:
        """Takes the results of an operation from the memory that is left."""
        for tensor in operation.outputs:
            size = tensor.shape.num_elements()
            if size is None:
                raise ModelError(f"its {operation.type} is of an unknown size")
            number = tensor.dtype.as_numpy_dtype is not object
            if not number and operation.type not in PASSING:
                raise ModelError(f"its {operation.type} makes no numbers")
            if operation.type not in SHARING:
                self._left -= size * max(tensor.dtype.size, 1)
        if operation.type == "Conv2D":
            self._left -= columns(operation.inputs[1], operation.outputs[0])
        elif operation.type == "Conv2DBackpropInput":
            self._left -= columns(*operation.inputs[1:])
        if self._left < 0:
            raise ModelError(
                f"with its {operation.type} a call needs more than "
                f"{MAX_CALL >> 30} GiB"
            )


def tensor_of(made: Mapping[str, list], text: str) -> Any:
    """Returns the tensor "input", "operation:output:0" of a FunctionDef."""
    name, *place = text.split(":")
    # No operation that is allowed has results of two names.
    return made[name][int(place[-1]) if place else 0]


def in_order(nodes: Sequence) -> list:
    """Returns operations, each behind those whose results it takes.

    Raises:
      ModelError: they wait for each other, or two have one name.
    """
    known = {node.name: node for node in nodes}
    if len(known) != len(nodes):
        raise ModelError("two of its operations have one name")
    before = {
        name: [
            source
            for text in node.input
            if (source := text.lstrip("^").split(":")[0]) in known
        ]
        for name, node in known.items()
    }
    try:
        order = graphlib.TopologicalSorter(before).static_order()
        return [known[name] for name in order]
    except graphlib.CycleError as error:
        raise ModelError("its operations wait for each other") from error


def columns(kernel: Any, positions: Any) -> int:
    """Returns the bytes in which a convolution may lay out one sound.

    Args:
      kernel: tensor [height, width, inputs, outputs].
      positions: tensor [batch, height, width, outputs], in any order.
    """
    batch, outputs = positions.shape[0], kernel.shape[3]
    places = math.prod(positions.shape) // max(1, batch * outputs)
    return places * math.prod(kernel.shape[:3]) * kernel.dtype.size
