"""Checks made before a run starts, and before any work can be lost."""

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from data_prep.store.store import Store
from experiments.common import cli
from wavegan_cond.config import LENGTHS, ModelConfig, TrainConfig
from wavegan_cond.schedule import Stage
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.training import cpu_threads, workers
from wavegan_cond.training.config_file import to_json
from wavegan_cond.training.run_dir import RunDir, RunError

if TYPE_CHECKING:
    from wavegan_cond.synthesis.synth import Synth

FEWEST_HELD_OUT = 20  # sounds of a class that measures need
FEWEST_TRAINING = 24  # of which a quarter is set aside
LOWEST_RATE = 8000  # Hz; what is below, some browsers do not play (Web Audio)


def check_data(
    store: Store, model: ModelConfig, schedule: tuple[Stage, ...]
) -> None:
    """Raises UsageError unless the store can train this model."""
    if store.length != model.length:
        fits = store.length in LENGTHS
        other = f"pass --length={store.length}, or " if fits else ""
        raise cli.UsageError(
            f"{store.path} holds sounds of {store.length} samples and the "
            f"model makes {model.length}: {other}prepare the data again with "
            f"--length={model.length}"
        )
    batch_size = max(stage.batch_size for stage in schedule)
    if store.train < batch_size:
        raise cli.UsageError(
            f"{store.path} has {store.train} training sounds, fewer than a "
            f"batch of {batch_size} (--batch_size, --stages): add sounds or "
            "lower it"
        )
    check_classes(store)


def check_playable(sample_rate: int, what: str) -> None:
    """Raises UsageError unless every browser plays sounds of this rate."""
    if sample_rate < LOWEST_RATE:
        raise cli.UsageError(
            f"{what} has a sample rate of {sample_rate} Hz, and browsers play "
            f"from {LOWEST_RATE} Hz on: a model that is still growing makes "
            "sounds at the full rate with --full_rate"
        )


def check_classes(store: Store) -> None:
    """Raises UsageError unless each class has a training sound."""
    seen = set(store.labels[: store.train].tolist())
    if missing := [
        name for label, name in enumerate(store.classes) if label not in seen
    ]:
        raise cli.UsageError(
            f"{store.path} has no training sound of class "
            f"{', '.join(missing)}: add some, or prepare the data without it"
        )


def check_cluster(text: str, strategy: str) -> bool:
    """Returns whether this process writes: the only one, or the first worker.

    Args:
      text: TF_CONFIG of the environment.
      strategy: of the flag.

    Raises:
      UsageError: the two do not go together.
      ClusterError: the text is malformed.
    """
    several = strategy == "multi_worker"
    if not text:
        if several:
            raise cli.UsageError(
                "--strategy=multi_worker needs TF_CONFIG in the environment, "
                f"such as {workers.EXAMPLE}"
            )
        return True
    cluster = workers.parse(text)
    if len(cluster.workers) > 1 and not several:
        raise cli.UsageError(
            f"TF_CONFIG names {len(cluster.workers)} workers: pass "
            "--strategy=multi_worker, or unset TF_CONFIG"
        )
    return cluster.index == 0


def prepare_run(
    run_dir: RunDir, model: ModelConfig, train: TrainConfig, fingerprint: str
) -> None:
    """Makes the run folder, or checks that it belongs to this very run.

    A warning says that a run goes on with another number of threads.

    Raises:
      RunError: see ``check_run``.
    """
    known = check_run(run_dir, model, train, fingerprint)
    run_dir.create()
    now = cpu_threads.count()
    begun = known.get("threads", now)
    if begun != now:
        print(
            f"warning: this run was begun with {begun} threads and goes on "
            f"with {now}: on a CPU its bits will differ from those of a run "
            "that was never stopped",
            file=sys.stderr,
        )
    text = to_json(model, train, data=fingerprint, threads=begun)
    write_text(run_dir.config, text)


def check_run(
    run_dir: RunDir, model: ModelConfig, train: TrainConfig, fingerprint: str
) -> dict:
    """Checks that a folder belongs to this very run, if there is one.

    Returns:
      What its ``config.json`` holds beside both configs; nothing of a new run.

    Raises:
      RunError: the folder holds another run, and the message names what
        differs; or files of others.
      ConfigError: its ``config.json`` is none.
    """
    if not run_dir.config.exists():
        run_dir.check_unused()
        return {}
    old_model, old_train, more = run_dir.read_config()
    old = {**vars(old_model), **vars(old_train), **more}
    new = {**vars(model), **vars(train), "data": fingerprint}
    different = [
        difference(name, old.get(name), value)
        for name, value in new.items()
        # More iterations continue a run; anything else makes another.
        if old.get(name) != value and name != "iterations"
    ]
    if different:
        raise RunError(
            f"{run_dir.path} holds a run of another configuration: "
            f"{'; '.join(different)}. Choose another folder"
        )
    return more


def difference(name: str, old: Any, new: Any) -> str:
    """Returns in words that a setting of a run has changed.

    Args:
      name: of a field of a config, or "data", the fingerprint of the sounds.
      old: what the run was begun with.
      new: what it would go on with.
    """
    if name == "data":
        return "the sounds in --data_dir are others"
    of_store = name in ("classes", "sample_rate")
    what = f"{name} of --data_dir" if of_store else f"--{name}"
    return f"{what} was {old} and is now {new}"


def check_same(store: Store, other: Store | ModelInfo, path: str) -> None:
    """Raises UsageError unless ``path`` holds sounds like the store's.

    Args:
      store: an open store.
      other: another one, or the description of a model.
      path: of the other.
    """
    if other.classes != store.classes:
        raise cli.UsageError(
            f"{path} has the classes {', '.join(other.classes)}, {store.path} "
            f"has {', '.join(store.classes)}: they must be the same"
        )
    check_rate(store, other, path)
    if other.length != store.length:
        raise cli.UsageError(
            f"the sounds of {path} have {other.length} samples, those of "
            f"{store.path} {store.length}: they must be the same"
        )


def check_rate(store: Store, other: Store | ModelInfo, path: str) -> None:
    """Raises UsageError unless ``path`` has the sample rate of the store."""
    if other.sample_rate != store.sample_rate:
        raise cli.UsageError(
            f"the sounds of {path} have a sample rate of {other.sample_rate} "
            f"Hz, those of {store.path} {store.sample_rate}: a model that is "
            "still growing makes sounds at the full rate with --full_rate"
        )


def check_store(
    store: Store, model: "Synth", path: str, side: str = "validation"
) -> None:
    """Raises UsageError unless a model can be measured against a store."""
    check_same(store, model.info, path)
    check_measurable(store, side)


def check_measurable(store: Store, side: str = "validation") -> None:
    """Raises UsageError unless a store has enough to be measured against."""
    check_classes(store)
    count, name = smallest_class(store, side)
    if count < FEWEST_HELD_OUT:
        raise cli.UsageError(
            f"{store.path} holds out {count} sounds of {name} for "
            f"{side}, and {FEWEST_HELD_OUT} are needed: prepare more sounds, "
            f"or a larger --{side}"
        )
    count, name = smallest_class(store, "train")
    if count < FEWEST_TRAINING:
        raise cli.UsageError(
            f"{store.path} has {count} training sounds of {name}, and "
            f"{FEWEST_TRAINING} are needed: prepare more sounds, or a smaller "
            f"--{side}"
        )
    if store.length < 4096:
        raise cli.UsageError(
            f"{store.path} holds sounds of {store.length} samples: the "
            "measures need 4096"
        )


def smallest_class(store: Store, side: str) -> tuple[int, str]:
    """Returns how many sounds a side has of its smallest class, and which."""
    counts = np.bincount(store.split(side)[1], minlength=len(store.classes))
    return int(counts.min()), store.classes[int(counts.argmin())]
