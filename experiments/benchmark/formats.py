"""Times the formats of an export, as a program that plays them would."""

import dataclasses
import pathlib
import tempfile
from collections.abc import Callable

from experiments.benchmark.training import time_players
from experiments.benchmark.trial import Trial
from wavegan_cond.config import ModelConfig
from wavegan_cond.saved_models.format_names import FormatError, check_formats
from wavegan_cond.storage import processors


def time_formats(trial: Trial) -> dict[str, dict[str, float]]:
    """Times sounds at batch 1 and 64, with an equalizer, in each format.

    Inputs are numpy arrays, and so are the sounds; all use every core.
    """
    names = ["saved_model", "litert"]
    try:
        check_formats(["onnx"])
        names.append("onnx")
    except FormatError as error:
        print(f"  {error}", flush=True)
    figures = {}
    for width in trial.widths:
        model = ModelConfig(
            width=width, latent_dim=3, length=trial.length, match_eq=True
        )
        with tempfile.TemporaryDirectory() as folder:
            players = make_players(model, names, pathlib.Path(folder))
            figures |= time_players(players, trial.repeats, f"d = {width}")
    return figures


def make_players(
    model: ModelConfig, names: list[str], folder: pathlib.Path
) -> dict[str, Callable]:
    """Returns functions (z [N, Z], label [N]) -> audio of untrained models.

    Args:
      model: their configuration.
      names: formats.
      folder: where they are written.
    """
    import tensorflow as tf

    from wavegan_cond.saved_models.export import ExportSource
    from wavegan_cond.saved_models.formats import write_formats
    from wavegan_cond.saved_models.load_run import make_sounding_generator
    from wavegan_cond.synthesis.describe import describe

    generator = make_sounding_generator(model)
    info = describe(model, generator, 0)
    config = {"model": dataclasses.asdict(model), "train": {}}
    write_formats(ExportSource(generator, info, config), folder / "all", names)
    played = {}
    for name in names:
        path, cores = folder / "all" / name, processors.count()
        if name == "saved_model":
            signature = tf.saved_model.load(str(path)).signatures["generate"]
            played[name] = lambda z, y, f=signature: f(
                z=tf.constant(z), label=tf.constant(y)
            )["audio"].numpy()
            continue
        if name == "onnx":
            from wavegan_cond.saved_models import onnx_format as form
        else:
            from wavegan_cond.saved_models import litert_format as form
        run = form.load(path, cores)
        played[name] = lambda z, y, f=run: f("generate", {"z": z, "label": y})[
            0
        ]
    return played
