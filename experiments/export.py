r"""Exports a run's generator as a SavedModel that works without this project.

    python -m experiments.export --run_dir=runs/drums --output_dir=drums_model

    import json
    import tensorflow as tf

    model = tf.saved_model.load("drums_model")
    info = json.loads(model.signatures["info"]()["info"].numpy())
    z = tf.random.normal([4, info["latent_dim"]])
    label = tf.fill([4], info["classes"].index("snare"))
    audio = model.signatures["generate"](z=z, label=label)["audio"]

audio is float32 [4, length] in [-1, 1] at info["sample_rate"]. The third
signature, mix, takes class_weights float32 [N, classes] in the place of label.
A z that is not finite or a label that is no class raises an error, in whatever
program runs the model. manifest.json holds the SHA-256 of every file: the
scripts of this project refuse a model that has changed.
"""

from absl import flags

from experiments.common import cli

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "run_dir", None, "a run of experiments.train", flag_values=FLAGS
)
cli.define_checkpoint(FLAGS)
flags.DEFINE_string(
    "output_dir", None, "the SavedModel, a new folder", flag_values=FLAGS
)
flags.DEFINE_bool(
    "half",
    False,
    "round the weights to float16: the files pack to two thirds",
    flag_values=FLAGS,
)
flags.mark_flags_as_required(["run_dir", "output_dir"], flag_values=FLAGS)


def run(
    run_dir: str,
    output_dir: str,
    checkpoint: str = "newest",
    full_rate: bool = False,
    half: bool = False,
) -> None:
    """Exports a checkpoint of a run and says what it was.

    Args:
      run_dir: of ``experiments.train``.
      output_dir: absent or empty.
      checkpoint: "newest", "best" or an iteration.
      full_rate: of ``wavegan_cond.saved_models.export.export_run``.
      half: likewise.
    """
    from wavegan_cond.storage.atomic import check_new

    check_new(output_dir)
    cli.import_tensorflow()
    from wavegan_cond.saved_models.export import export_run

    info = export_run(run_dir, output_dir, checkpoint, full_rate, half)
    print(
        f"{output_dir}: SavedModel of iteration {info.iteration}, "
        f"Z = {info.latent_dim}, {info.length} samples at "
        f"{info.sample_rate} Hz, classes {', '.join(info.classes)}"
    )


def main(values: flags.FlagValues) -> None:
    """Exports."""
    run(
        values.run_dir,
        values.output_dir,
        values.checkpoint,
        values.full_rate,
        values.half,
    )


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
