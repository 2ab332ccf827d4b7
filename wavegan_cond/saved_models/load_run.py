"""The generator of a run folder, from one of its checkpoints."""

import dataclasses
import pathlib

import tensorflow as tf

from wavegan_cond.config import (
    ConfigError,
    ModelConfig,
    TrainConfig,
    config_digest,
    from_json,
)
from wavegan_cond.model.conditioning import (
    START_LENGTH,
    block_factors,
    variables_of,
)
from wavegan_cond.model.critic_input import num_bands
from wavegan_cond.model.networks import (
    Critic,
    Generator,
    make_critic,
    make_generator,
)
from wavegan_cond.model.resample import FACTOR
from wavegan_cond.schedule import Stage, make_schedule, stage_of
from wavegan_cond.storage.untrusted import read_bytes
from wavegan_cond.synthesis.model_info import Info, ModelError, describe
from wavegan_cond.training import checkpoints
from wavegan_cond.training.checkpoints import CheckpointError
from wavegan_cond.training.run_dir import RunDir

MOST_BYTES = 1 << 20  # of config.json


def load_run(
    path: pathlib.Path, checkpoint: str = "newest", full_rate: bool = False
) -> tuple[Generator, Info, ModelConfig]:
    """Returns the generator of a run's checkpoint, in float32.

    Where the run keeps an average of the weights, that is the generator.

    Args:
      path: the run folder.
      checkpoint: "newest", "best" or an iteration. Damaged checkpoints that
        are newer than the newest good one are named on standard error.
      full_rate: whether a model that has not grown up is to make sounds of
        the full length and rate nevertheless, by interpolation.

    Raises:
      ModelError: the folder is no run, or has no such checkpoint.
      CheckpointError: the checkpoint cannot be used.
      ConfigError: ``config.json`` is none of this program.
    """
    run_dir = RunDir(path)
    model, train, run = read_config(run_dir)
    saved, iteration = choose(run_dir.checkpoints, checkpoint, run)
    part = "average" if train.average else "generator"
    shapes = saved_shapes(saved, part)
    check_fits(saved, shapes, expected_shapes(part, model))
    stage, outgrown = stage_at(model, train, iteration)
    generator = make_generator(model, stage=stage)
    variables = variables_of(generator, part)
    checkpoints.restore(saved, variables, partial=True)
    left = {
        name
        for name in shapes.keys() - variables.keys()
        if name.split("/")[1] not in outgrown
    }
    if left:
        raise CheckpointError(
            f"{saved} does not fit this model: config.json leaves no place "
            f"for {min(left)}"
        )
    info = describe(model, generator, iteration, full_rate)
    return generator, info, model


def load_critic(path: pathlib.Path, checkpoint: str = "newest") -> Critic:
    """Returns the critic of a run's checkpoint, in float32.

    Args:
      path: the run folder.
      checkpoint: see ``load_run``.

    Raises:
      ModelError, CheckpointError, ConfigError: see ``load_run``.
    """
    run_dir = RunDir(path)
    model, train, run = read_config(run_dir)
    saved, iteration = choose(run_dir.checkpoints, checkpoint, run)
    stage, _ = stage_at(model, train, iteration)
    critic = make_critic(model, stage=stage, bands=num_bands(train))
    variables = variables_of(critic, "critic")
    checkpoints.restore(saved, variables, partial=True)
    return critic


def stage_at(
    model: ModelConfig, train: TrainConfig, iteration: int
) -> tuple[Stage, tuple[str, ...]]:
    """Returns the stage of a checkpoint, and what it no longer needs.

    Once its blocks are faded in, the networks are those of a run that never
    grew, and the layers of the stage before are left behind.
    """
    stage = stage_of(make_schedule(model, train), iteration)
    if not stage.fade_iterations or stage.fade_after(iteration - 1) < 1:
        return stage, ()
    before = f"to_audio_{stage.length // FACTOR}"
    return dataclasses.replace(stage, fade=0), ("fade", before)


def read_config(run_dir: RunDir) -> tuple[ModelConfig, TrainConfig, str]:
    """Returns the settings of a run, and the digest its checkpoints carry.

    Raises:
      ModelError: the folder has no readable ``config.json``.
      ConfigError: its content is none of this program.
    """
    try:
        text = read_bytes(run_dir.config, MOST_BYTES).decode("utf-8")
        model, train, more = from_json(text)
        return model, train, config_digest(model, train, more.get("data", ""))
    except FileNotFoundError as error:
        raise ModelError(
            f"{run_dir.path} is no run folder: it has no config.json"
        ) from error
    except ConfigError as error:
        raise ConfigError(f"{run_dir.config}: {error}") from error
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise ModelError(f"{run_dir.config} cannot be read: {error}") from error


def choose(
    folder: pathlib.Path, which: str, run: str
) -> tuple[pathlib.Path, int]:
    """Returns a checkpoint whose files are as written, and its iteration.

    Args:
      folder: of the checkpoints of a run.
      which: "newest", "best" or an iteration.
      run: the digest that the checkpoint must carry.

    Raises:
      ModelError: there is no such checkpoint; the message lists those there.
      CheckpointError: it is damaged.
    """
    if which == "newest":
        return newest(folder, run)
    if which == "best":
        best = checkpoints.best(folder)
        return best, checkpoints.verify(best, run)
    there = {}
    for path in checkpoints.committed(folder):
        there[path.name.removeprefix(checkpoints.PREFIX).lstrip("0")] = path
    if which.lstrip("0") not in there:
        raise ModelError(
            f"--checkpoint={which:.50}: expected newest, best or an iteration; "
            f"{folder} has {', '.join(there) or 'none'}"
        )
    chosen = there[which.lstrip("0")]
    return chosen, checkpoints.verify(chosen, run)


def newest(folder: pathlib.Path, run: str) -> tuple[pathlib.Path, int]:
    """Returns the newest checkpoint that is good, and its iteration.

    Raises:
      ModelError: there is none.
      CheckpointError: there are some and none is good.
    """
    try:
        return checkpoints.newest_told(folder, run)
    except FileNotFoundError as error:
        raise ModelError(
            f"{folder.parent} has no checkpoint yet: train it first"
        ) from error


def saved_shapes(checkpoint: pathlib.Path, part: str) -> dict[str, list]:
    """Returns name -> shape of the variables of ``part`` in a checkpoint.

    Raises:
      CheckpointError: it is damaged.
    """
    start, end = f"variables/{part}.S", "/.ATTRIBUTES/VARIABLE_VALUE"
    try:
        saved = tf.train.list_variables(str(checkpoint / checkpoints.VARIABLES))
    except (ValueError, tf.errors.OpError) as error:
        raise CheckpointError(f"{checkpoint} is damaged: {error}") from error
    # TensorFlow writes the slash in a name of ours as ".S".
    return {
        f"{part}/{name[len(start) : -len(end)].replace('.S', '/')}": shape
        for name, shape in saved
        if name.startswith(start) and name.endswith(end)
    }


def expected_shapes(part: str, model: ModelConfig) -> dict[str, list]:
    """Returns the variables that say how large a generator is.

    The shape of the first layer holds width, length and latent size.
    """
    blocks = len(block_factors(model.length))
    channels = model.width * 2 ** (blocks - 1)
    shapes = {
        f"{part}/stem/kernel": [model.latent_dim, START_LENGTH * channels]
    }
    if model.conditioning == "embedding":
        table = [len(model.classes), model.embedding_dim]
        shapes[f"{part}/label_embedding/embeddings"] = table
    return shapes


def check_fits(checkpoint: pathlib.Path, saved: dict, expected: dict) -> None:
    """Raises CheckpointError for the first shape that is not as expected.

    A ``config.json`` of another model is found out here, before memory is
    taken for a network that may be of any size.
    """
    for name, shape in expected.items():
        if saved.get(name) != shape:
            raise CheckpointError(
                f"{checkpoint} does not fit this model: config.json makes "
                f"{name} {shape}, the checkpoint has {saved.get(name)}"
            )
