"""Loading of a model from a run folder or a SavedModel.

Imports neither the training step nor the data pipeline.
"""

import json
import os
import pathlib

import tensorflow as tf

from wavegan_cond.saved_models.find_model import is_saved_model
from wavegan_cond.saved_models.graph_check import check_files, check_graph
from wavegan_cond.saved_models.load_run import load_run
from wavegan_cond.storage import checksums
from wavegan_cond.storage.plain_path import plain_path
from wavegan_cond.storage.untrusted import one_line
from wavegan_cond.synthesis import model_info
from wavegan_cond.synthesis.model_info import ModelError
from wavegan_cond.synthesis.synth import Synth, from_generator
from wavegan_cond.training.bundle_check import check_bundle

ADVICE = (
    "A SavedModel is a program: pass --trust_model if you know who made this "
    "one, and trust them"
)


def load_model(
    path: str | os.PathLike,
    checkpoint: str = "auto",
    trust: bool = False,
    full_rate: bool = False,
) -> Synth:
    """Loads the model in a run folder or a SavedModel.

    Args:
      path: path of the folder.
      checkpoint: checkpoint of a run folder: "auto", "best", "newest" or an
        iteration, see ``load_run``.
      trust: whether to load a SavedModel without checking its graph.
      full_rate: for a run folder, whether to resample the sounds of a
        checkpoint of an earlier growing stage to the full length and rate.

    Raises:
      ModelError: the folder is neither, or cannot be used.
      CheckpointError, RunError, ConfigError: see ``load_run``.
    """
    path = pathlib.Path(path)
    if not is_saved_model(path):
        generator, info, _ = load_run(path, checkpoint, full_rate)
        return from_generator(generator, info)
    if checkpoint != "auto" or full_rate:
        raise ModelError(
            f"{path} is a SavedModel, which has one state: --checkpoint and "
            "--full_rate are of run folders"
        )
    return load_saved_model(path, trust)


def load_saved_model(path: pathlib.Path, trust: bool) -> Synth:
    """Loads a SavedModel written by ``experiments.export``.

    Args:
      path: path of the SavedModel.
      trust: whether to load it without checking its graph.

    Raises:
      ModelError: the SavedModel is damaged, or its graph does more than
        compute.
    """
    has_manifest = (path / checksums.NAME).is_file()
    try:
        if not trust:
            check_files(path)
        if has_manifest:
            checksums.verify(path)
        if not trust:
            check_graph(path)
        check_bundle(path / "variables" / "variables")
    except (ModelError, OSError) as error:
        raise ModelError(f"{path} is refused: {error}. {ADVICE}") from error
    except ValueError as error:
        raise ModelError(
            f"{path} is damaged: {one_line(error)}; export it again"
        ) from error
    if not (has_manifest or trust):
        raise ModelError(
            f"{path} has no {checksums.NAME}: it is no SavedModel of "
            f"experiments.export, or an old one. Export it again. {ADVICE}"
        )
    try:
        return _load(path)
    # TensorFlow raises errors of many types for an invalid graph.
    except Exception as error:
        raise ModelError(
            f"{path} is damaged, or no SavedModel of experiments.export: "
            f"{one_line(error)}"
        ) from error


def _load(path: pathlib.Path) -> Synth:
    with plain_path(path) as folder:
        module = tf.saved_model.load(str(folder))
    signatures = module.signatures
    text = signatures["info"]()["info"].numpy().decode()
    generate, mix = signatures["generate"], signatures["mix"]
    info = model_info.from_fields(json.loads(text))
    z, audio = [None, info.latent_dim], {"audio": [None, info.length]}
    for signature, other in (
        (generate, {"label": [None]}),
        (mix, {"class_weights": [None, len(info.classes)]}),
    ):
        _, inputs = signature.structured_input_signature
        found = [
            {name: spec.shape.as_list() for name, spec in specs.items()}
            for specs in (inputs, signature.structured_outputs)
        ]
        if found != [{"z": z, **other}, audio]:
            raise ModelError("it makes other sounds than it says")
    synth = Synth(
        info,
        lambda z, label: generate(z=z, label=label),
        lambda z, weights: mix(z=z, class_weights=weights),
    )
    synth.module = module  # its variables live as long as it does
    return synth
