"""The flags that say which model a script takes, and how far it is trusted."""

from absl import flags


def define(values: flags.FlagValues) -> None:
    """Adds --model, --checkpoint and --trust_model to a script's flags."""
    flags.DEFINE_string(
        "model", None, "a run folder, or a SavedModel", flag_values=values
    )
    define_checkpoint(values)
    flags.DEFINE_bool(
        "trust_model",
        False,
        "load a SavedModel of another program, which may run anything",
        flag_values=values,
    )


def define_checkpoint(values: flags.FlagValues) -> None:
    """Adds --checkpoint and --full_rate to a script's flags."""
    flags.DEFINE_string(
        "checkpoint",
        "newest",
        "of a run folder: newest, best or an iteration",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "full_rate",
        False,
        "of a run folder that has not grown up: bring its sounds up to the "
        "full length and rate",
        flag_values=values,
    )


def define_truncation(values: flags.FlagValues) -> None:
    """Adds --truncation to a script's flags."""
    flags.DEFINE_float(
        "truncation",
        1.0,
        "scale of every latent vector that is drawn: below 1 fewer sounds are "
        "odd, and they are more alike",
        1e-3,
        1.0,
        flag_values=values,
    )


def loading(values: flags.FlagValues) -> dict:
    """Returns the arguments of ``load.load_model`` beside the path."""
    return {
        "checkpoint": values.checkpoint,
        "trust": values.trust_model,
        "full_rate": values.full_rate,
    }
