r"""Trains a model on a prepared store.

    python -m experiments.train --data_dir=DIR --run_dir=DIR \\
        --flagfile=experiments/configs/paper.flags

The same command again continues where the run stopped, after Ctrl-C, SIGTERM
or a crash. In the run folder: log.csv and loss.png, previews/ (sounds and a
contact sheet), tensorboard/, checkpoints/, and flags.txt, which repeats the
run as a --flagfile.
"""

import dataclasses
import os
import time

from absl import flags

from experiments import cli, config_flags, quiet
from wavegan_cond.config import (
    ConfigError,
    ModelConfig,
    TrainConfig,
    from_json,
    to_json,
)
from wavegan_cond.run_dir import RunDir, RunError, write_text

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "data_dir", None, "a store of experiments.prepare_data", flag_values=FLAGS
)
flags.DEFINE_string("run_dir", None, "where the run lives", flag_values=FLAGS)
config_flags.define(ModelConfig, FLAGS)
config_flags.define(TrainConfig, FLAGS)
flags.DEFINE_integer(
    "checkpoint_every",
    500,
    "iterations between checkpoints",
    lower_bound=1,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "keep", 3, "checkpoints kept", lower_bound=1, flag_values=FLAGS
)
flags.DEFINE_integer(
    "preview_every",
    500,
    "iterations between previews",
    lower_bound=1,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "preview_sounds",
    6,
    "sounds a class in a preview",
    lower_bound=1,
    upper_bound=64,
    flag_values=FLAGS,
)
flags.DEFINE_bool(
    "tensorboard", True, "write TensorBoard files", flag_values=FLAGS
)
flags.DEFINE_bool(
    "require_gpu", False, "exit rather than train on the CPU", flag_values=FLAGS
)
flags.mark_flags_as_required(["data_dir", "run_dir"], flag_values=FLAGS)


@dataclasses.dataclass(frozen=True)
class Options:
    """What a run does beside its updates; nothing here changes a weight."""

    checkpoint_every: int = 500
    keep: int = 3
    preview_every: int = 500
    preview_sounds: int = 6
    tensorboard: bool = True
    require_gpu: bool = False


def run(
    store,
    run_dir: RunDir,
    model: ModelConfig,
    train: TrainConfig,
    options: Options,
) -> int:
    """Trains, or continues, one run.

    Args:
      store: an open store of ``data_prep``.
      run_dir: made by ``prepare_run``.
      model: the shape of the networks.
      train: the objective.
      options: beside it.

    Returns:
      The signal that stopped it, 0 when it is done.
    """
    quiet.import_tensorflow()
    from data_prep.batches import load_batches
    from wavegan_cond import callbacks, training

    strategy = training.make_strategy(options.require_gpu)
    gan = training.build(model, train, strategy)
    first, last = training.resume(gan, run_dir), train.iterations
    if first >= last:
        print(f"{run_dir.path} is done: {first} iterations")
        return 0
    replicas = strategy.num_replicas_in_sync

    def share(context):
        # Consecutive elements go to consecutive devices: together they are
        # what one device would read.
        size = train.batch_size // replicas * train.critic_updates
        return load_batches(store, size, train.seed, first * replicas)

    batches = iter(strategy.distribute_datasets_from_function(share))
    with callbacks.StopSignal() as stop:
        observers = _observers(gan, run_dir, model, options, first, last, stop)
        try:
            training.iterate(
                gan, strategy, batches, first, last, observers, stop
            )
        finally:
            for observer in observers:
                observer.close()
    return stop.received


def _observers(gan, run_dir, model, options, first, last, stop) -> list:
    """What watches the run, in order: first what must not be lost."""
    from wavegan_cond import callbacks, training

    observers = [
        callbacks.Log(run_dir.log, first),
        callbacks.Progress(first, last),
        training.Saver(
            gan, run_dir, options.checkpoint_every, last, options.keep, stop
        ),
    ]
    summary = None
    if options.tensorboard:
        summary = callbacks.SummaryWriter(run_dir.tensorboard)
        observers.append(summary)
    observers.append(
        callbacks.Previews(
            run_dir,
            model,
            training.preview_function(gan, model),
            options.preview_every,
            last,
            per_class=options.preview_sounds,
            summary=summary,
        )
    )
    return observers


def check_data(store, model: ModelConfig, train: TrainConfig) -> None:
    """Raises UsageError unless the store can train this model."""
    if store.length != model.length:
        raise cli.UsageError(
            f"{store.path} holds sounds of {store.length} samples and the "
            f"model makes {model.length}: pass --length={store.length}, or "
            f"prepare the data again with --length={model.length}"
        )
    if store.train < train.batch_size:
        raise cli.UsageError(
            f"{store.path} has {store.train} training sounds, fewer than "
            f"--batch_size={train.batch_size}: add sounds or lower it"
        )


def prepare_run(
    run_dir: RunDir, model: ModelConfig, train: TrainConfig, fingerprint: str
) -> None:
    """Makes the run folder, or checks that it belongs to this very run.

    Raises:
      RunError: the folder holds another run; the message names what differs.
    """
    run_dir.create()
    if run_dir.config.exists():
        text = run_dir.config.read_text(encoding="utf-8")
        try:
            old_model, old_train, old_data = from_json(text)
        except ConfigError as error:
            raise RunError(f"{run_dir.config} is {error}") from error
        old = {**vars(old_model), **vars(old_train), **old_data}
        new = {**vars(model), **vars(train), "data": fingerprint}
        different = [
            f"{name} was {old.get(name)} and is now {value}"
            for name, value in new.items()
            # More iterations continue a run; anything else makes another.
            if old.get(name) != value and name != "iterations"
        ]
        if different:
            raise RunError(
                f"{run_dir.path} holds a run of another configuration: "
                f"{'; '.join(different)}. Choose another --run_dir"
            )
    write_text(run_dir.config, to_json(model, train, data=fingerprint))


def main(values: flags.FlagValues) -> int:
    """Checks everything that can be wrong, then trains."""
    from data_prep.store import open_store

    train = config_flags.read(TrainConfig, values)
    store = open_store(values.data_dir)
    model = config_flags.read(
        ModelConfig,
        values,
        classes=tuple(store.classes),
        sample_rate=store.sample_rate,
    )
    check_data(store, model, train)
    run_dir = RunDir(values.run_dir)
    names = [field.name for field in dataclasses.fields(Options)]
    options = Options(**{name: values[name].value for name in names})
    if options.require_gpu:
        quiet.import_tensorflow()
        from wavegan_cond.training import make_strategy

        make_strategy(require_gpu=True)  # before anything is written
    run_dir.create()
    with run_dir.lock():
        prepare_run(run_dir, model, train, store.fingerprint)
        write_text(run_dir.flags, values.flags_into_string())
        started = time.monotonic()
        stopped_by = run(store, run_dir, model, train, options)
    minutes = (time.monotonic() - started) / 60
    if stopped_by:
        print(
            f"stopped after {minutes:.1f} min and saved; the same command "
            "continues"
        )
        return 128 + stopped_by
    print(f"done in {minutes:.1f} min: {os.path.abspath(values.run_dir)}")
    return 0


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
