r"""Exports a run's generator as a SavedModel that works without this project.

    python -m experiments.export --model=runs/drums --output_dir=drums_model

    import json
    import tensorflow as tf

    model = tf.saved_model.load("drums_model")
    info = json.loads(model.signatures["info"]()["info"].numpy())
    z = tf.random.normal([4, info["latent_dim"]])
    label = tf.fill([4], info["classes"].index("snare"))
    audio = model.signatures["generate"](z=z, label=label)["audio"]

audio is float32 [4, length] in [-1, 1] at info["sample_rate"]. The third
signature, mix, takes class_weights float32 [N, classes] in the place of label.
A z that is not finite or beyond 1e6, a label that is no class and audio that is
not finite raise an error, in whatever program runs the model. manifest.json
holds the SHA-256 of every file: the scripts of this project refuse a model that
has changed.
"""

import dataclasses
import re
import sys

from absl import flags

from experiments.common import cli, preflight
from wavegan_cond.config import REQUIRED, setting
from wavegan_cond.saved_models import find_model


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(cli.CheckpointSettings):
    """The flags of this command."""

    model: str = setting(REQUIRED, "run folder of experiments.train")
    output_dir: str = setting(REQUIRED, "new folder of the SavedModel")
    half: bool = setting(False, "store the weights in 16 bits: half the size")


FLAGS = cli.make_flags(Settings)


def run(settings: Settings) -> None:
    """Exports a checkpoint of a run and says what it was."""
    from wavegan_cond.storage.folders import check_new

    if find_model.is_saved_model(settings.model):
        raise cli.UsageError(
            f"{settings.model} is a SavedModel already: --model is a run folder"
        )
    check_new(settings.output_dir)
    preflight.check_output(settings.output_dir)
    cli.import_tensorflow()
    from wavegan_cond.saved_models.formats import export_model

    fields = dataclasses.asdict(settings)
    info = export_model(fields.pop("model"), **fields)
    print(
        f"{settings.output_dir}: SavedModel of iteration {info.iteration}, "
        f"Z = {info.latent_dim}, {info.length} samples at "
        f"{info.sample_rate} Hz, classes {', '.join(info.classes)}"
    )


def main(values: flags.FlagValues) -> None:
    """Exports."""
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    # The former name of the flag.
    arguments = [re.sub("^--run_dir(=|$)", r"--model\1", a) for a in sys.argv]
    cli.run(main, FLAGS, __doc__, arguments)
