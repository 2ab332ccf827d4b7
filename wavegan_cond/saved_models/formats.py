"""Export of a model to programs without this package, in several formats.

  saved_model  a SavedModel, see ``export``
  serving      the same as version 1 of a model: the folder that TensorFlow
               Serving takes as --model_base_path
  litert       see ``litert_format``
  onnx         see ``onnx_format``

Of one format ``output_dir`` is its folder, of several it holds one of each
name. All have a manifest of checksums.
"""

import dataclasses
import os
import pathlib
from collections.abc import Callable, Mapping, Sequence

from wavegan_cond.evaluation import sound_map
from wavegan_cond.evaluation.features import FeatureError
from wavegan_cond.saved_models.export import (
    ExportSource,
    round_weights,
    write_saved_model,
    write_texts,
)
from wavegan_cond.saved_models.find_model import INFO, is_saved_model
from wavegan_cond.saved_models.format_names import check_formats
from wavegan_cond.saved_models.load_run import load_run, read_config
from wavegan_cond.saved_models.reopen import reopen
from wavegan_cond.storage import checksums
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.storage.folders import check_new, new_folder
from wavegan_cond.synthesis.describe import describe
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo
from wavegan_cond.synthesis.synth import from_generator
from wavegan_cond.training.run_dir import RunDir

VERSION = "1"  # TensorFlow Serving loads the highest there is


def export_model(
    model: str | os.PathLike,
    output_dir: str | os.PathLike,
    checkpoint: str = "auto",
    full_rate: bool = False,
    half: bool = False,
    formats: Sequence[str] = ("saved_model",),
    with_map: bool = False,
    trust_model: bool = False,
    texts: Mapping[str, str] | None = None,
) -> ModelInfo:
    """Writes a model's generator, in float32, in some formats.

    Args:
      model: path of a run folder or of a SavedModel.
      output_dir: path of the new folder, which must not exist or be empty; it
        is written atomically.
      checkpoint: of a run folder: "auto", "best", "newest" or an iteration,
        see ``load_run``.
      full_rate: whether to resample the sounds of a checkpoint of an earlier
        growing stage to the full length and sample rate.
      half: whether to store the weights in 16 bits, which halves a SavedModel.
      formats: see above.
      with_map: whether a SavedModel comes with a map of its sounds, for
        ``experiments.explore``; unless they are all the same.
      trust_model: whether to load a SavedModel without checking its graph.
      texts: card and licence that stand beside each model, by file name.

    Returns:
      The description of the model.

    Raises:
      FormatError: there is no such format, or a package that it needs is not
        there.
      FolderError: ``output_dir`` is not empty.
      WriteError: a file cannot be written.
      ModelError, CheckpointError: there is no such model or checkpoint, or it
        cannot be used.
    """
    check_formats(formats)
    check_new(output_dir)
    source = open_source(model, checkpoint, full_rate, half, trust_model)
    source = dataclasses.replace(source, texts=texts or {})
    if with_map and not {"saved_model", "serving"}.isdisjoint(formats):
        source = add_map(source)
    write_formats(source, output_dir, formats)
    return source.info


def add_map(source: ExportSource) -> ExportSource:
    """Returns a source with the map of its sounds, if they differ.

    One that stands beside the model is kept.
    """
    if source.places is not None:
        return source
    synth = from_generator(source.generator, source.info)
    try:
        places = sound_map.make(source.info, synth.generate)
    except FeatureError:
        return source
    return dataclasses.replace(source, places=places)


def write_formats(
    source: ExportSource, output_dir: str | os.PathLike, formats: Sequence[str]
) -> None:
    """Writes what ``export_model`` has read; see there."""
    if len(formats) == 1:
        WRITERS[formats[0]](source, output_dir)
    else:
        with new_folder(output_dir) as folder:
            for name in formats:
                WRITERS[name](source, folder / name)


def open_source(
    path: str | os.PathLike,
    checkpoint: str = "auto",
    full_rate: bool = False,
    half: bool = False,
    trust: bool = False,
) -> ExportSource:
    """Returns what stands in a run folder or a SavedModel; see above.

    Raises:
      ModelError, CheckpointError, ConfigError: see ``load_run``, ``reopen``;
        or half is asked of a SavedModel.
    """
    path = pathlib.Path(path)
    if is_saved_model(path):
        if half:  # its fingerprint is of weights that are not rounded
            raise ModelError(f"{path} is a SavedModel: half takes a run folder")
        opened = reopen(path, checkpoint, full_rate, trust)
        return ExportSource(*opened, False, sound_map.read(path))
    generator, info, model = load_run(path, checkpoint, full_rate)
    if half:
        round_weights(generator)
        info = describe(model, generator, info.iteration, full_rate)
    _, train, _ = read_config(RunDir(path))
    config = {
        "model": dataclasses.asdict(model),
        "train": dataclasses.asdict(train),
    }
    return ExportSource(generator, info, config, half)


def _write_serving(source: ExportSource, folder: str | os.PathLike) -> None:
    """Writes a SavedModel as a version of a model."""
    with new_folder(folder) as models:
        write_saved_model(source, models / VERSION)


def _write_litert(source: ExportSource, folder: str | os.PathLike) -> None:
    from wavegan_cond.saved_models import litert_format

    _write_converted(source, folder, litert_format)


def _write_onnx(source: ExportSource, folder: str | os.PathLike) -> None:
    from wavegan_cond.saved_models import onnx_format

    _write_converted(source, folder, onnx_format)


def _write_converted(
    source: ExportSource, folder: str | os.PathLike, form
) -> None:
    """Writes a folder of a format with its description and reference.

    Args:
      source: what is exported.
      folder: path of the new folder.
      form: the module of the format.

    Raises:
      ModelError: what was written sounds otherwise than the model.
    """
    from wavegan_cond.saved_models import reference
    from wavegan_cond.saved_models.portable import portable_functions

    expected = reference.make(source.generator, source.info)
    functions = portable_functions(source.generator, source.info)
    text = source.text()
    with new_folder(folder) as new:
        form.write(functions, source.generator, text, new)
        write_text(new / INFO, text)
        reference.write(expected, source.info.sample_rate, new)
        reference.check(expected, form.load(new))
        write_texts(source, new)
        checksums.write_manifest(new)


WRITERS: dict[str, Callable] = {
    "saved_model": write_saved_model,
    "serving": _write_serving,
    "litert": _write_litert,
    "onnx": _write_onnx,
}
