"""Loading of the generator or critic from a checkpoint of a run folder."""

import dataclasses
import pathlib
import sys

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.model.critic import Critic
from wavegan_cond.model.generator import STREAMS, Generator
from wavegan_cond.model.layout import (
    KERNEL_SIZE,
    START_LENGTH,
    generator_blocks,
    stem_channels,
)
from wavegan_cond.model.match_eq import EqualizedGenerator, MatchEq
from wavegan_cond.model.networks import make_critic, make_generator
from wavegan_cond.model.resample import FACTOR
from wavegan_cond.schedule import Stage, make_schedule, stage_of
from wavegan_cond.synthesis.describe import describe
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo
from wavegan_cond.training import checkpoint_folder, checkpoints
from wavegan_cond.training.checkpoint_folder import CheckpointError
from wavegan_cond.training.config_file import config_digest
from wavegan_cond.training.run_dir import RunDir

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
      ModelError: the run has no such checkpoint.
      CheckpointError: the checkpoint is damaged, or of another configuration.
      RunError: the folder is not a run folder, or cannot be read.
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
    stage, outgrown = stage_at(model, train, iteration)
    check_size(saved, model, stage)
    generator = make_sounding_generator(model, stage=stage)
    variables = sounding_variables(generator, part)
    checkpoints.restore(saved, variables, partial=True)
    left = {
        name
        for name in checkpoints.saved_shapes(saved).keys() - variables.keys()
        if name.startswith((f"{part}/", "match_eq/"))
        and name.split("/")[1] not in outgrown
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
      ModelError, CheckpointError, RunError, ConfigError: see ``load_run``.
    """
    run_dir = RunDir(path)
    model, train, digest = read_config(run_dir)
    saved, iteration = select_checkpoint(run_dir.checkpoints, "newest", digest)
    stage, _ = stage_at(model, train, iteration)
    check_size(saved, model, stage)
    critic = make_critic(model, stage=stage, train=train)
    variables = variables_of(critic, "critic")
    checkpoints.restore(saved, variables, partial=True)
    return critic


def check_size(
    checkpoint: pathlib.Path, model: ModelConfig, stage: Stage
) -> None:
    """Checks that a checkpoint can hold what its config.json makes.

    Before a network is built: a config.json of another model, or a hostile one,
    could make it of any size. ``checkpoints.restore`` compares the rest.

    Raises:
      CheckpointError: its file of values is too small.
    """
    values = checkpoint / f"{checkpoints.VARIABLES}.data-00000-of-00001"
    least = least_bytes(model, stage)
    if not values.is_file() or values.stat().st_size < least:
        raise CheckpointError(
            f"{checkpoint} does not fit this model: config.json makes a "
            f"generator of {least} bytes or more, which {values.name} has not"
        )


def least_bytes(model: ModelConfig, stage: Stage) -> int:
    """Returns the bytes of what makes a generator large, in float32.

    A critic has kernels of about the same size.

    Args:
      model: shape of the full networks.
      stage: whose networks they are.
    """
    stem = stem_channels(model.length, model.width)
    weights = model.latent_dim * START_LENGTH * stem
    for length, _, channels in generator_blocks(model.length, model.width):
        if length < stage.length:
            weights += KERNEL_SIZE * 2 * channels * channels
            if model.noise:
                weights += (model.latent_dim + 1) * length * STREAMS
    return 4 * weights


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
      RunError, ConfigError: see ``RunDir.read_config``.
    """
    model, train, more = run_dir.read_config()
    return model, train, config_digest(model, train, more.get("data", ""))


def select_checkpoint(
    folder: pathlib.Path, which: str, digest: str
) -> tuple[pathlib.Path, int]:
    """Returns a valid checkpoint and its iteration.

    Args:
      folder: folder of the checkpoints.
      which: "newest", "best" or an iteration.
      digest: digest of the run's configuration, see ``config_digest``.

    Raises:
      ModelError: there is no such checkpoint; the message lists those that
        exist.
      CheckpointError: the checkpoint is damaged, or of another configuration.
    """
    if which == "newest":
        try:
            return checkpoint_folder.latest(folder, digest)
        except FileNotFoundError as error:
            raise ModelError(
                f"{folder.parent} has no checkpoint yet: train it first"
            ) from error
    if which == "best":
        return checkpoint_folder.best(folder, digest)
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
        best, iteration = checkpoint_folder.best(folder, digest, stage.first)
    except CheckpointError:  # none that is whole has a score
        return newest, last
    if iteration == last:
        return newest, last
    print(
        f"{folder.parent}: iteration {iteration} has the best score and is "
        f"used; the newest is {last} (--checkpoint=newest)",
        file=sys.stderr,
    )
    return best, iteration
