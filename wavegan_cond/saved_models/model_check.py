"""Whether a SavedModel computes and does nothing else, before it is loaded.

A SavedModel is a program. TensorFlow has operations that read and write files
and that call Python, and it runs some of them while it loads a graph. So the
file is parsed as the data it is, and refused unless it is of the kind that
``experiments.export`` writes: its files, its objects, and its operations
(``graph_check``). What remains to a hostile model is to make noise, or to take
long over it.
"""

import math
import os
import pathlib
import re

from wavegan_cond.saved_models.graph_check import check_functions
from wavegan_cond.storage.untrusted import one_line, read_bytes
from wavegan_cond.synthesis.model_info import ModelError

FOLDERS = {"assets", "variables"}
FILES = re.compile(
    r"(saved_model|fingerprint)\.pb|manifest\.json"
    r"|variables/variables\.(index|data-\d{5}-of-\d{5})"
)
KINDS = {"bare_concrete_function", "function", "user_object", "variable"}
OBJECTS = {"_generic_user_object", "signature_map", "trackable_list_wrapper"}
FLOAT = 1  # in TensorFlow's numbering of types

MOST_BYTES = 1 << 22  # of saved_model.pb; an export has a quarter of a million


def check_graph(folder: pathlib.Path) -> None:
    """Raises ModelError unless the SavedModel in ``folder`` only computes.

    Reads ``saved_model.pb`` as data; nothing of it is loaded.
    """
    meta = parse(folder / "saved_model.pb")
    _check_objects(meta)
    data = folder.glob("variables/variables.data-*")
    _check_variables(meta, sum(path.stat().st_size for path in data))
    check_functions(meta)


def check_files(folder: pathlib.Path) -> None:
    """Raises ModelError unless ``folder`` has the files of an export alone.

    A link could lead out of the folder, and a pipe has no end.
    """
    open_folders = [folder]
    while open_folders:
        for entry in os.scandir(open_folders.pop()):
            path = pathlib.Path(entry)
            name = path.relative_to(folder).as_posix()
            if name in FOLDERS and entry.is_dir(follow_symlinks=False):
                open_folders.append(path)
            elif not FILES.fullmatch(name):
                raise ModelError(f"an export has no {one_line(name, 80)}")
            elif not entry.is_file(follow_symlinks=False):
                raise ModelError(f"{name} is a link, a device or a folder")


def parse(file: pathlib.Path):
    """Returns the MetaGraphDef in a SavedModel of TensorFlow 2.

    Raises:
      ModelError: it is damaged, too large, or of another kind.
    """
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel()
    try:
        # Messages that are nested too deep are an error of decoding, too.
        saved.ParseFromString(read_bytes(file, MOST_BYTES))
    except (OSError, ValueError, DecodeError) as error:
        raise ModelError(f"{file.name} is damaged: {error}") from error
    graphs = saved.meta_graphs
    # TensorFlow loads any other as one of TensorFlow 1, and runs its start.
    if len(graphs) != 1 or not graphs[0].HasField("object_graph_def"):
        raise ModelError(f"{file.name} is no graph of TensorFlow 2")
    return graphs[0]


def _check_objects(meta) -> None:
    """Refuses objects that do something when they are made."""
    if meta.asset_file_def:
        raise ModelError("it would read files (assets)")
    for node in meta.object_graph_def.nodes:
        kind = node.WhichOneof("kind")
        if kind == "user_object" and node.user_object.identifier in OBJECTS:
            kind = "user_object"
        elif kind not in KINDS - {"user_object"}:
            raise ModelError(f"it holds an object of another kind: {kind}")
        if (
            node.registered_name
            or node.registered_saver
            or node.saveable_objects
            or node.slot_variables
        ):
            raise ModelError(f"it holds a {kind} with functions of its own")


def _check_variables(meta, size: int) -> None:
    """Refuses variables that are larger than the file of their values."""
    wanted = 0
    for node in meta.object_graph_def.nodes:
        if node.WhichOneof("kind") == "variable":
            shape = [axis.size for axis in node.variable.shape.dim]
            if node.variable.dtype != FLOAT or min(shape, default=0) < 0:
                raise ModelError("it holds a variable that is no weight")
            wanted += 4 * math.prod(shape)
    if wanted > size:
        raise ModelError(f"its {wanted} bytes of weights are not there")
