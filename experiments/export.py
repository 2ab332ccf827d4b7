r"""Exports a model so that it works without this project.

    python -m experiments.export --model=runs/drums --output_dir=drums_model

    import json
    import tensorflow as tf

    model = tf.saved_model.load("drums_model")
    info = json.loads(model.signatures["info"]()["info"].numpy())
    z = tf.random.normal([4, info["latent_dim"]])
    if info["prior"] == "uniform":
        z = tf.random.uniform(z.shape, -1, 1)
    label = tf.fill([4], info["classes"].index("snare"))
    audio = model.signatures["generate"](z=z, label=label)["audio"]

audio is float32 [4, length] in [-1, 1] at info["sample_rate"]. The signatures
are generate, which takes z float32 [N, latent_dim] and label int32 [N]; mix,
which takes z and class_weights float32 [N, classes]; steer, which takes z,
label and steer float32 [N, D], how far each sound lies along the D rows of
info["directions"]; and info, which takes nothing.
A z that is not finite or beyond 1e6, a label that is no class and audio that is
not finite raise an error, in whatever program runs the model. manifest.json
holds the SHA-256 of every file: the scripts of this project refuse a model that
has changed.

Other hosts take other formats; of a SavedModel they can be made as well, such
as the one that comes with the project, where no --model is named:

    python -m experiments.export --formats=serving,litert,onnx \
        --output_dir=drums_for_others

saved_model is the default, serving the same as version 1 of a model for
TensorFlow Serving, litert a file of LiteRT (TensorFlow Lite), onnx files of
ONNX, which need the packages of pip install -e '.[formats]'. Of several formats
each is a folder of its name. LiteRT and ONNX cannot raise an error: what a
SavedModel refuses is silence there, and the second output, valid, is false.
reference.json and its WAVs beside them hold inputs and outputs of the model.

A model card and a licence that stand beside the model are copied with it.
"""

import dataclasses
import pathlib

from experiments.common import cli, licences, loading, outputs, quietly, shipped
from wavegan_cond.saved_models import find_model
from wavegan_cond.saved_models.format_names import FORMATS, check_formats
from wavegan_cond.settings import REQUIRED, setting


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(loading.LoadingSettings):
    """The flags of this command."""

    model: str | None = shipped.model_setting()
    output_dir: str = setting(REQUIRED, "new folder of the export")
    half: bool = setting(
        False, "store the weights of a SavedModel in 16 bits: half the size"
    )
    formats: tuple[str, ...] = setting(
        ("saved_model",), "formats to write: " + ", ".join(FORMATS)
    )


FLAGS = cli.make_flags(Settings)


def run(settings: Settings) -> None:
    """Exports a checkpoint of a run and says what it was."""
    settings = shipped.fill(settings)
    check_formats(settings.formats)
    sealed = {"saved_model", "serving"}
    if settings.half and not sealed.issuperset(settings.formats):
        raise cli.UsageError(
            "--half is of saved_model and serving: other formats hold float32"
        )
    is_saved_model = find_model.is_saved_model(settings.model)
    if is_saved_model and "saved_model" in settings.formats:
        raise cli.UsageError(
            f"{settings.model} is a SavedModel already: --model is a run "
            "folder, or --formats names others alone"
        )
    if is_saved_model and settings.half:
        raise cli.UsageError("--half takes a run folder: --model is none")
    outputs.check_names(settings.output_dir)
    outputs.check_new(settings.output_dir)
    texts = licences.find(pathlib.Path(settings.model))
    quietly.import_tensorflow()
    from wavegan_cond.saved_models.formats import export_model

    info = export_model(
        **dataclasses.asdict(settings), with_map=True, texts=texts
    )
    names = {"saved_model": "SavedModel"}
    written = ", ".join(names.get(each, each) for each in settings.formats)
    print(
        f"{settings.output_dir}: {written} of iteration {info.iteration}, "
        f"Z = {info.latent_dim}, {info.length} samples at "
        f"{info.sample_rate} Hz, classes {', '.join(info.classes)}"
    )


def main(values: cli.Values) -> None:
    """Exports."""
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
