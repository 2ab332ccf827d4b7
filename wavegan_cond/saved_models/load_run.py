"""Loading of the generator or critic from a checkpoint of a run folder."""

import dataclasses
import pathlib
import sys

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
from wavegan_cond.model.critic import Critic
from wavegan_cond.model.generator import STREAMS, Generator
from wavegan_cond.model.layers import KERNEL_SIZE
from wavegan_cond.model.match_eq import EqualizedGenerator, MatchEq
from wavegan_cond.model.networks import make_critic, make_generator
from wavegan_cond.model.resample import FACTOR
from wavegan_cond.schedule import Stage, make_schedule, stage_of
from wavegan_cond.synthesis.describe import describe
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo
from wavegan_cond.training import checkpoint_folder, checkpoints
from wavegan_cond.training.bundle_check import check_bundle
from wavegan_cond.training.checkpoint_folder import CheckpointError
from wavegan_cond.training.run_dir import RunDir, RunError

SoundingGenerator = Generator | EqualizedGenerator


def load_run(
    path: pathlib.Path, checkpoint: str = "auto", full_rate: bool = False
) -> tuple[SoundingGenerator, ModelInfo, ModelConfig]:
    """Returns the generator of a run's checkpoint, in float32.

    If the run keeps a moving average of the weights, the generator has these.

    Args:
      path: path of the run folder.
      checkpoint: "best", the one of the lowest score; "newest"; "auto", the
        best of the newest one's growing stage, or the newest where there are
        no scores; or an iteration. A warning on standard error names each
        damaged checkpoint that is passed over, and a line an older one that
        "auto" has chosen.
      full_rate: whether to resample the sounds of a checkpoint of an earlier
        growing stage to the full length and sample rate.

    Raises:
      ModelError: the folder is not a run folder, or has no such checkpoint.
      CheckpointError: the checkpoint is damaged, or of another configuration.
      ConfigError: ``config.json`` is not a config of this program.
    """
    run_dir = RunDir(path)
    model, train, digest = read_config(run_dir)
    folder = run_dir.checkpoints
    if checkpoint == "auto":
        saved, iteration = best_or_newest(folder, digest, model, train)
    else:
        saved, iteration = select_checkpoint(folder, checkpoint, digest)
    part = "average" if train.average else "generator"
    shapes = saved_shapes(saved, part)
    stage, outgrown = stage_at(model, train, iteration)
    check_fits(saved, shapes, expected_shapes(part, model, stage))
    shapes |= saved_shapes(saved, "match_eq")
    generator = make_sounding_generator(model, stage=stage)
    variables = sounding_variables(generator, part)
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


def make_sounding_generator(
    model: ModelConfig, seed: int = 0, stage: Stage | None = None
) -> SoundingGenerator:
    """Returns a generator in float32, as it sounds.

    Args:
      model: shape of the full networks, and whether there is an equalizer.
      seed: seed of the initial weights.
      stage: stage of a progressive training; None for the full networks.
    """
    generator = make_generator(model, seed, stage=stage)
    if not model.match_eq:
        return generator
    equalizer = MatchEq(len(model.classes), generator.length)
    return EqualizedGenerator(generator, equalizer)


def sounding_variables(generator: SoundingGenerator, part: str) -> dict:
    """Returns the variables of such a generator, as a checkpoint names them.

    Args:
      generator: of ``make_sounding_generator``.
      part: "generator" or "average".
    """
    if isinstance(generator, EqualizedGenerator):
        return {
            **variables_of(generator.generator, part),
            **variables_of(generator.match_eq, "match_eq"),
        }
    return variables_of(generator, part)


def load_critic(path: pathlib.Path) -> Critic:
    """Returns the critic of a run's newest checkpoint, in float32.

    Raises:
      ModelError, CheckpointError, ConfigError: see ``load_run``.
    """
    run_dir = RunDir(path)
    model, train, digest = read_config(run_dir)
    saved, iteration = select_checkpoint(run_dir.checkpoints, "newest", digest)
    stage, _ = stage_at(model, train, iteration)
    expected = expected_shapes("critic", model, stage)
    check_fits(saved, saved_shapes(saved, "critic"), expected)
    critic = make_critic(model, stage=stage, train=train)
    variables = variables_of(critic, "critic")
    checkpoints.restore(saved, variables, partial=True)
    return critic


def stage_at(
    model: ModelConfig, train: TrainConfig, iteration: int
) -> tuple[Stage, tuple[str, ...]]:
    """Returns the stage of a checkpoint, and the layers it no longer needs.

    Once the newest blocks are faded in, the networks are those of a run without
    growing; the fade and the output layer of the previous stage are unused.
    """
    stage = stage_of(make_schedule(model, train), iteration)
    if not stage.fade_iterations or stage.fade_after(iteration - 1) < 1:
        return stage, ()
    before = f"to_audio_{stage.length // FACTOR}"
    return dataclasses.replace(stage, fade_iterations=0), ("fade", before)


def read_config(run_dir: RunDir) -> tuple[ModelConfig, TrainConfig, str]:
    """Returns the configuration of a run and its digest.

    Raises:
      ModelError: the folder has no readable ``config.json``.
      ConfigError: ``config.json`` is not a config of this program.
    """
    try:
        if not run_dir.config.exists():
            raise ModelError(
                f"{run_dir.path} is no run folder: it has no config.json"
            )
        model, train, more = from_json(run_dir.read_config())
    except RunError as error:
        raise ModelError(str(error)) from error
    except OSError as error:
        raise ModelError(
            f"{run_dir.config} cannot be read: {error.strerror}"
        ) from error
    except ConfigError as error:
        raise ConfigError(f"{run_dir.config}: {error}") from error
    return model, train, config_digest(model, train, more.get("data", ""))


def select_checkpoint(
    folder: pathlib.Path, which: str, digest: str
) -> tuple[pathlib.Path, int]:
    """Returns a valid checkpoint and its iteration.

    Args:
      folder: folder of the checkpoints.
      which: "newest", "best" or an iteration.
      digest: digest of the run's configuration, see ``config.config_digest``.

    Raises:
      ModelError: there is no such checkpoint; the message lists those that
        exist.
      CheckpointError: the checkpoint is damaged, or of another configuration.
    """
    if which == "newest":
        try:
            return checkpoint_folder.latest(folder, digest)[:2]
        except FileNotFoundError as error:
            raise ModelError(
                f"{folder.parent} has no checkpoint yet: train it first"
            ) from error
    if which == "best":
        best = checkpoint_folder.best(folder)
        return best, checkpoint_folder.verify(best, digest)
    there = {
        str(checkpoint_folder.iteration_of(path)): path
        for path in checkpoint_folder.committed(folder)
    }
    chosen = there.get(which.lstrip("0"))
    if not chosen:
        raise ModelError(
            f"--checkpoint={which:.50}: expected auto, best, newest or an "
            f"iteration; {folder} has {', '.join(there) or 'none'}"
        )
    return chosen, checkpoint_folder.verify(chosen, digest)


def best_or_newest(
    folder: pathlib.Path, digest: str, model: ModelConfig, train: TrainConfig
) -> tuple[pathlib.Path, int]:
    """Returns the checkpoint that "auto" means, and its iteration.

    Raises:
      ModelError, CheckpointError: see ``select_checkpoint``.
    """
    newest, last = select_checkpoint(folder, "newest", digest)
    stage = stage_of(make_schedule(model, train), last)
    try:
        best = checkpoint_folder.best(folder, since=stage.first)
        iteration = checkpoint_folder.verify(best, digest)
    except CheckpointError:  # there are no scores, or it is damaged
        return newest, last
    if iteration == last:
        return newest, last
    print(
        f"{folder.parent}: iteration {iteration} has the best score and is "
        f"used; the newest is {last} (--checkpoint=newest)",
        file=sys.stderr,
    )
    return best, iteration


def saved_shapes(checkpoint: pathlib.Path, part: str) -> dict[str, list]:
    """Returns the shapes of variables in a checkpoint, by name.

    Args:
      checkpoint: folder of the checkpoint.
      part: the network, such as "generator".

    Raises:
      CheckpointError: the checkpoint is damaged.
    """
    start, end = f"variables/{part}.S", "/.ATTRIBUTES/VARIABLE_VALUE"
    try:
        check_bundle(checkpoint / checkpoints.VARIABLES)
        saved = tf.train.list_variables(str(checkpoint / checkpoints.VARIABLES))
    except (ValueError, tf.errors.OpError) as error:
        raise CheckpointError(f"{checkpoint} is damaged: {error}") from error
    # TensorFlow writes a slash in a name as ".S".
    return {
        f"{part}/{name[len(start) : -len(end)].replace('.S', '/')}": shape
        for name, shape in saved
        if name.startswith(start) and name.endswith(end)
    }


def expected_shapes(
    part: str, model: ModelConfig, stage: Stage
) -> dict[str, list]:
    """Returns the shapes of the variables that make a network large.

    Args:
      part: "generator", "average" or "critic".
      model: shape of the full networks.
      stage: whose networks they are.
    """
    shapes = {}
    if model.conditioning == "embedding":
        table = [len(model.classes), model.embedding_dim]
        shapes[f"{part}/label_embedding/embeddings"] = table
    labels = {
        "embedding": model.embedding_dim,
        "onehot": len(model.classes),
        "none": 0,
    }[model.conditioning]
    if part == "critic":
        return shapes | _critic_shapes(model, stage, labels)
    factors = block_factors(model.length)
    channels = model.width * 2 ** (len(factors) - 1)
    shapes[f"{part}/stem/kernel"] = [model.latent_dim, START_LENGTH * channels]
    produced, taken = START_LENGTH, channels + bool(labels)
    for factor in factors:
        produced, channels = produced * factor, channels // 2
        if produced >= stage.length:
            break
        kernel = [KERNEL_SIZE, taken, channels]
        shapes[f"{part}/up_{produced}/kernel"] = kernel
        if model.noise:
            planes = [model.latent_dim + 1, produced, STREAMS]
            shapes[f"{part}/noise_{produced}"] = planes
        taken = channels
    return shapes


def _critic_shapes(
    model: ModelConfig, stage: Stage, labels: int
) -> dict[str, list]:
    """Returns the same of a critic; ``labels`` numbers stand for a label."""
    shapes, taken, channels = {}, model.length, model.width
    if labels:
        plane = f"critic/label_plane_{stage.length}/kernel"
        shapes[plane] = [labels, stage.length]
    for factor in sorted(block_factors(model.length), reverse=True):
        if taken < stage.length:
            kernel = [KERNEL_SIZE, channels // 2, channels]
            shapes[f"critic/down_{taken}/kernel"] = kernel
        taken, channels = taken // factor, channels * 2
    return shapes


def check_fits(checkpoint: pathlib.Path, saved: dict, expected: dict) -> None:
    """Raises CheckpointError for the first shape that is not as expected.

    This detects a ``config.json`` of another model before a network of
    arbitrary size is built.
    """
    for name, shape in expected.items():
        if saved.get(name) != shape:
            raise CheckpointError(
                f"{checkpoint} does not fit this model: config.json makes "
                f"{name} {shape}, the checkpoint has {saved.get(name)}"
            )
