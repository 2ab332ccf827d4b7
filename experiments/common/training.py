"""A run: from a store, a folder and settings to a trained model.

``experiments.train`` is this as a command. ``run_in`` takes the folder, ``run``
trains in it: the devices, the stages that are left, and for each of them the
networks, the batches and what is done beside the updates.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from data_prep.store.store import Store
from experiments.common import cli, quietly
from experiments.common.machine import check_devices, resolve_precision
from experiments.common.preflight import check_run, prepare_run
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import Stage, make_schedule
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.training import workers
from wavegan_cond.training.checkpoint_folder import CheckpointError
from wavegan_cond.training.config_file import config_digest
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.run_dir import RunDir, RunError
from wavegan_cond.training.stop_signal import StopSignal

if TYPE_CHECKING:
    import tensorflow as tf

    from wavegan_cond.model.wavegan import WaveGAN


def run_in(
    path: str | os.PathLike,
    store: Store,
    model: ModelConfig,
    train: TrainConfig,
    options: RunOptions,
    stop: StopSignal | None = None,
    flags: cli.Values | None = None,
    chief: bool = True,
) -> int:
    """Trains, or continues, the run in a folder, which it holds meanwhile.

    Args:
      path: of the run folder.
      store: an open store of ``data_prep``.
      model: the shape of the networks.
      train: the objective.
      options: beside it.
      stop: what ends it early, to be entered here; by default signals.
      flags: for the flagfile that repeats the run; None writes none.
      chief: whether this process is the worker that writes.

    Returns:
      The signal that stopped it, 0 when it is done.

    Raises:
      RunError: the folder is in use, or holds another run.
    """
    run_dir = RunDir(path)
    train = resolve_precision(run_dir, train)
    check_devices(model, train, options)
    with contextlib.ExitStack() as stack:
        if chief:
            # Before anything is written, and again when nobody else writes.
            check_run(run_dir, model, train, store.fingerprint)
            run_dir.create()
            stack.enter_context(run_dir.lock())
            prepare_run(run_dir, model, train, store.fingerprint)
            if flags is not None:
                flags["precision"].value = train.precision  # it may be auto
                write_text(run_dir.flags, flags.flags_into_string())
        several = options.strategy == "multi_worker"
        stop = stack.enter_context(stop or StopSignal(several))
        return run(store, run_dir, model, train, options, stop)


def run(
    store: Store,
    run_dir: RunDir,
    model: ModelConfig,
    train: TrainConfig,
    options: RunOptions,
    stop: StopSignal,
) -> int:
    """Does what ``run_in`` does, in a folder that is held and prepared.

    ``stop`` is entered by the caller.
    """
    quietly.import_tensorflow()
    from data_prep.store.batches import distribute
    from wavegan_cond.training import loop
    from wavegan_cond.training.run_callbacks import RunCallbacks
    from wavegan_cond.training.strategy import is_chief

    digest = config_digest(model, train, store.fingerprint)
    if options.strategy == "multi_worker":
        meet(store, run_dir, model, train, options)
    checkpoint, first = loop.find_checkpoint(run_dir, digest)
    if first >= train.iterations:
        if run_dir.last_saved() != first:  # a kill came before it was told
            write_text(run_dir.saved, f"{first}\n")
        print(f"{run_dir.path} is done: {first} iterations")
        return 0
    strategy = find_devices(model, train, options)
    callbacks = None
    with contextlib.ExitStack() as stack:
        if is_chief(strategy):
            callbacks = RunCallbacks(
                store, run_dir, model, options, stop, digest, first, train
            )
            stack.enter_context(contextlib.closing(callbacks))
        stages = stages_left(model, train, first, stop)
        built = build_stages(
            stages, store, model, train, options.xla, strategy, checkpoint
        )
        for stage, gan in built:
            start = max(first, stage.first)
            if start == stage.last:  # needed only to grow from
                continue
            batches = distribute(
                store,
                stage.batch_size * train.critic_updates,
                train.seed,
                stage.examples_before(start, train.critic_updates),
                strategy,
            )
            called = callbacks.for_stage(gan) if callbacks else []
            loop.iterate(
                gan, strategy, batches, start, stage.last, called, stop
            )
    return stop.number


def stages_left(
    model: ModelConfig, train: TrainConfig, first: int, stop: StopSignal
) -> Iterator[Stage]:
    """Yields the stages that are not grown out of, until the run is to end."""
    for stage in make_schedule(model, train):
        if first > stage.last:
            continue
        if stop.ends_before(stage):
            return
        yield stage


def build_stages(
    stages: Iterable[Stage],
    store: Store,
    model: ModelConfig,
    train: TrainConfig,
    xla_choice: str,
    strategy: "tf.distribute.Strategy",
    checkpoint: str | None,
) -> "Iterator[tuple[Stage, WaveGAN]]":
    """Yields stages, each with the networks that its training begins with.

    Those of the first are of the checkpoint, if there is one; those of another
    are grown from the ones before.
    """
    from wavegan_cond.model import xla
    from wavegan_cond.training import loop

    gan, compiled = None, xla.is_wanted(xla_choice)
    for stage in stages:
        gan = loop.build(model, train, strategy, stage, gan, compiled)
        if checkpoint:
            loop.restore(gan, checkpoint)
            checkpoint = None
        elif stage.index == 0 and train.whitening:
            fit_input(gan, store, model, train)
        yield stage, gan


def fit_input(
    gan: "WaveGAN", store: Store, model: ModelConfig, train: TrainConfig
) -> None:
    """Fits the filter in front of a new critic to the training sounds."""
    from wavegan_cond.model import critic_input

    labels = store.labels[: store.train]
    gains = critic_input.fit(store.read_rows, labels, model, train)
    gan.critic.input_filter.gains.assign(gains)


def find_devices(
    model: ModelConfig, train: TrainConfig, options: RunOptions
) -> "tf.distribute.Strategy":
    """Returns the strategy of a run, whose workers have met.

    Raises:
      DeviceError: a device is missing, or a batch does not divide over them.
    """
    import tensorflow as tf

    from wavegan_cond.training.strategy import check_batches, make_strategy

    if options.deterministic:  # before TensorFlow computes anything
        tf.config.experimental.enable_op_determinism()
    strategy = make_strategy(options.strategy, options.require_gpu)
    check_batches(make_schedule(model, train), strategy.num_replicas_in_sync)
    return strategy


def meet(
    store: Store,
    run_dir: RunDir,
    model: ModelConfig,
    train: TrainConfig,
    options: RunOptions,
) -> None:
    """Returns once all workers are there and are about to train the same.

    Raises:
      ClusterError: they are not.
      WorkerError: one did not come.
    """
    from wavegan_cond.training import loop

    digest = config_digest(model, train, store.fingerprint)
    try:
        iteration = loop.find_checkpoint(run_dir, digest)[1]
    except (CheckpointError, RunError) as error:
        iteration = str(error)  # told below, if all settings are equal
    workers.meet(
        workers.parse(os.environ["TF_CONFIG"]),
        {
            "the newest checkpoint (share or copy --run_dir)": iteration,
            "the data (--data_dir)": store.fingerprint,
            **{f"--{name}": value for name, value in vars(model).items()},
            **{f"--{name}": value for name, value in vars(train).items()},
        },
        options.worker_timeout,
    )
