"""Security check of a SavedModel before it is loaded.

A SavedModel is a program. TensorFlow has operations that read and write files
and that call Python, and runs some of them while it loads a graph. The file is
therefore parsed as data, and rejected unless its files, objects and operations
are of the kinds that ``experiments.export`` writes. The worst that a malicious
model can still do is to return noise or to take a long time; what it needs of
memory is bounded by ``graph_size``.

``COMPUTING`` is an allow list: the operations in the exports of this project,
over all settings and stages of the generator, with TensorFlow 2.16 to 2.21. A
deny list would have to name every present and future operation.
"""

import collections
import math
import os
import pathlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from wavegan_cond.saved_models.graph_size import check_sizes
from wavegan_cond.storage.beside import is_beside
from wavegan_cond.storage.untrusted import one_line, read_bytes
from wavegan_cond.synthesis.model_info import ModelError
from wavegan_cond.synthesis.synth import BATCH

if TYPE_CHECKING:
    from tensorflow.core.protobuf.meta_graph_pb2 import MetaGraphDef

FOLDERS = {"assets", "variables"}
FILES = re.compile(
    r"(saved_model|fingerprint)\.pb|(manifest|info|map)\.json"
    r"|variables/variables\.(index|data-\d{5}-of-\d{5})"
)
KINDS = {"bare_concrete_function", "function", "variable"}
OBJECTS = {"_generic_user_object", "signature_map", "trackable_list_wrapper"}
# Bytes of a weight, by TensorFlow's number of its type: float32, int16.
WEIGHT_BYTES = {1: 4, 5: 2}

MAX_BYTES = 1 << 22  # of saved_model.pb; an export has half a million

COMPUTING = frozenset(
    "Abs AddV2 All Assert BatchMatMulV2 BiasAdd Cast Complex ConcatV2 Const "
    "Conv2D Conv2DBackpropInput Cos Equal ExpandDims FloorMod GatherV2 "
    "GreaterEqual IRFFT Identity If Imag IsFinite Less LessEqual LogicalAnd "
    "MatMul Max Maximum Minimum Mul NoOp OneHot Pack Pad PartitionedCall RFFT "
    "Range ReadVariableOp Real RealDiv Relu Reshape SelectV2 Shape Sin Sqrt "
    "Squeeze StatefulPartitionedCall StridedSlice Sub Sum Tanh "
    "Transpose".split()
)
# The graph outside the functions, which creates the variables.
AROUND = COMPUTING | set(
    "AssignVariableOp Placeholder VarHandleOp VarIsInitializedOp".split()
)
# Every SavedModel has two functions that read and write its variables. The
# Python loader does not call them, and no other function may.
SAVING = frozenset(
    "AssignVariableOp Const DisableCopyOnRead Identity MergeV2Checkpoints NoOp "
    "Pack ReadVariableOp RestoreV2 SaveV2 Select ShardedFilename "
    "StaticRegexFullMatch StringJoin".split()
)
LENGTHENING = ("Pack", "StringJoin")  # once each, of few texts
# Names the most dangerous operations in messages; all others are rejected too.
DANGERS = (
    ("run Python", "PyFunc"),
    ("write files", "Write Save Print Summary Checkpoints"),
    ("read files", "Read Restore MatchingFiles TextFile TextLine"),
    ("read files", "TFRecord FixedLength LMDB"),
)
# Of constants: float32, int32, string, int64, bool.
TYPES = {1, 3, 7, 9, 10}

# An export has 800 operations and calls 3 deep; some 6,000 operations of 1.6 MB
# are all its calls. It takes seconds to check as many as may be.
MAX_OPERATIONS = 20_000
MAX_CALLED = 1 << 23  # bytes of all calls
MAX_DEPTH = 20
MAX_CONSTANT = 1 << 16  # numbers in one
MAX_INTEGER = 1 << 20  # in a constant; sizes in an export end at 81,920


def check_graph(folder: pathlib.Path) -> None:
    """Raises ModelError unless the SavedModel in ``folder`` only computes.

    Parses ``saved_model.pb`` as data, without loading it.
    """
    meta = parse(folder / "saved_model.pb")
    _check_objects(meta)
    data = folder.glob("variables/variables.data-*")
    _check_variables(meta, sum(path.stat().st_size for path in data))
    check_functions(meta)


def check_files(folder: pathlib.Path) -> None:
    """Raises ModelError if ``folder`` has other files than an export.

    Those ``beside`` it may be there. Links, which could lead out of the folder,
    and pipes are rejected too.
    """
    open_folders = [folder]
    while open_folders:
        for entry in os.scandir(open_folders.pop()):
            path = pathlib.Path(entry)
            name = path.relative_to(folder).as_posix()
            if name in FOLDERS and entry.is_dir(follow_symlinks=False):
                open_folders.append(path)
            elif not (FILES.fullmatch(name) or is_beside(name)):
                raise ModelError(f"an export has no {one_line(name, 80)}")
            elif not entry.is_file(follow_symlinks=False):
                raise ModelError(f"{name} is a link, a device or a folder")


def parse(file: pathlib.Path) -> "MetaGraphDef":
    """Returns the MetaGraphDef in a SavedModel of TensorFlow 2.

    Raises:
      ModelError: the file is damaged, too large, or of another format.
    """
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel()
    try:
        # Messages nested too deeply raise a DecodeError too.
        saved.ParseFromString(read_bytes(file, MAX_BYTES))
    except (OSError, ValueError, DecodeError) as error:
        raise ModelError(f"{file.name} is damaged: {error}") from error
    graphs = saved.meta_graphs
    # TensorFlow loads others as TensorFlow 1 models and runs their init ops.
    if len(graphs) != 1 or not graphs[0].HasField("object_graph_def"):
        raise ModelError(f"{file.name} is no graph of TensorFlow 2")
    return graphs[0]


def _check_objects(meta) -> None:
    """Rejects objects that run code when they are created."""
    if meta.asset_file_def:
        raise ModelError("it would read files (assets)")
    for node in meta.object_graph_def.nodes:
        kind = node.WhichOneof("kind")
        if kind not in KINDS and node.user_object.identifier not in OBJECTS:
            raise ModelError(f"it holds an object of another kind: {kind}")
        if (
            node.registered_name
            or node.registered_saver
            or node.saveable_objects
            or node.slot_variables
        ):
            raise ModelError(f"it holds a {kind} with functions of its own")


def _check_variables(meta, size: int) -> None:
    """Rejects variables that are larger than the file of their values."""
    wanted = 0
    for node in meta.object_graph_def.nodes:
        if node.WhichOneof("kind") == "variable":
            shape = [axis.size for axis in node.variable.shape.dim]
            size_of_one = WEIGHT_BYTES.get(node.variable.dtype)
            if not size_of_one or min(shape, default=0) < 0:
                raise ModelError("it holds a variable that is no weight")
            wanted += size_of_one * math.prod(shape)
    if wanted > size:
        raise ModelError(f"its {wanted} bytes of weights are not there")


def check_functions(meta: "MetaGraphDef") -> None:
    """Raises ModelError unless all functions of a MetaGraphDef only compute."""
    library = meta.graph_def.library
    functions = {f.signature.name: f.node_def for f in library.function}
    # TensorFlow prefers a function to an operation of the same name.
    renamed = functions.keys() & (AROUND | SAVING)
    if renamed or len(functions) != len(library.function):
        raise ModelError("it gives a name a second meaning")
    if library.gradient or library.registered_gradients:
        raise ModelError("it defines gradients")
    saving = _saving_functions(meta)
    parts = [
        (name, nodes, SAVING if name in saving else COMPUTING)
        for name, nodes in functions.items()
    ]
    _check_nodes([*parts, ("its graph", meta.graph_def.node, AROUND)])
    _check_calls(meta, functions, saving)
    for name in saving:
        _check_text(functions[name])
    check_sizes(meta, saving, BATCH)


def _check_text(nodes: Iterable) -> None:
    """Rejects text, of a function that saves, that grows without an end."""
    for operation in LENGTHENING:
        joins = [node for node in nodes if node.op == operation]
        if len(joins) > 1 or any(len(node.input) > 4 for node in joins):
            raise ModelError("it joins texts in another way than an export")


def _saving_functions(meta) -> set[str]:
    """Returns the names of the functions that read and write variables."""
    saver = meta.saver_def
    nodes = {saver.save_tensor_name.split(":")[0], saver.restore_op_name}
    return {
        name
        for node in meta.graph_def.node
        if node.name in nodes
        for name in called(node.attr)
    }


def _check_nodes(parts: Iterable[tuple[str, Iterable, frozenset]]) -> None:
    """Rejects operations that are not allowed; names the most dangerous one.

    Args:
      parts: name, nodes and allowed operations of each part of the graph.
    """
    refused, constants = [], 0
    for where, nodes, allowed in parts:
        for node in nodes:
            if node.op not in allowed:
                name = one_line(f"{node.op} in {where}", 80)
                refused.append((*danger(node.op), name))
            for value in node.attr.values():
                if value.HasField("tensor"):
                    constants += 1
                    if constants > MAX_OPERATIONS:
                        raise ModelError("it has more constants than an export")
                    _check_constant(value.tensor)
    if refused:
        _, words, name = min(refused)
        raise ModelError(f"it {words} ({name})")


def _check_constant(tensor) -> None:
    import tensorflow as tf

    shape = [axis.size for axis in tensor.tensor_shape.dim]
    whole = min(shape, default=0) >= 0 and not tensor.tensor_shape.unknown_rank
    if tensor.dtype not in TYPES or not whole:
        raise ModelError("it holds a constant that is no number and no text")
    if math.prod(shape) > MAX_CONSTANT:
        raise ModelError("it holds a constant larger than an export has")
    if tensor.dtype in (3, 9) and math.prod(shape):
        try:
            integers = tf.make_ndarray(tensor)
        except (ValueError, TypeError) as error:
            raise ModelError("it holds a constant that is damaged") from error
        if abs(integers).max() > MAX_INTEGER:
            raise ModelError("it holds a size larger than an export has")


def danger(operation: str) -> tuple[int, str]:
    """Returns rank and description of a rejected operation; 0 is the worst."""
    for rank, (words, parts) in enumerate(DANGERS):
        if any(part in operation for part in parts.split()):
            return rank, f"would {words}"
    return len(DANGERS), "has an operation that no export has"


def called(attributes: Mapping) -> Iterator[str]:
    """Yields the names of all functions in the attributes of a node."""
    for value in attributes.values():
        functions = [value.func] if value.HasField("func") else value.list.func
        for function in functions:
            yield function.name
            yield from called(function.attr)


def _check_calls(meta, functions: Mapping, saving: set[str]) -> None:
    """Rejects calls of the saving functions, and calls nested too deeply.

    A few functions that each call the next one twice would make a graph of
    exponential size, and one large function called often would fill the memory.
    """
    sizes = {
        function.signature.name: function.ByteSize()
        for function in meta.graph_def.library.function
    }
    calls = {
        name: [callee for node in nodes for callee in called(node.attr)]
        for name, nodes in functions.items()
    }
    outer = [c for node in meta.graph_def.node for c in called(node.attr)]
    known = list(meta.object_graph_def.concrete_functions)
    # The saver's two nodes call one function each, and nothing else does.
    inner = [callee for callees in calls.values() for callee in callees]
    times = collections.Counter(outer + inner + known)
    if any(times[name] > 1 for name in saving):
        raise ModelError("it would write files (a function calls its saver)")
    if not functions.keys() >= {*outer, *inner, *known}:
        raise ModelError("it calls a function that it does not have")
    left, extent = dict(calls), {}
    for _ in range(MAX_DEPTH):
        ready = [n for n, to in left.items() if extent.keys() >= set(to)]
        for name in ready:
            below = [extent[callee] for callee in left.pop(name)]
            own = len(functions[name]), sizes[name]
            extent[name] = tuple(map(sum, zip(own, *below, strict=True)))
    whole = [extent.get(name, (0, 0)) for name in outer + known]
    operations, size = map(sum, zip((0, 0), *whole, strict=True))
    if left or operations > MAX_OPERATIONS or size > MAX_CALLED:
        raise ModelError("its functions call each other without an end")
