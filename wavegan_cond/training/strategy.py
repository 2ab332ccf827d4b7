"""Distribution strategies: the devices and workers a run trains on."""

from collections.abc import Iterable

import tensorflow as tf

from wavegan_cond.schedule import Stage


class DeviceError(ValueError):
    """Missing devices, or a batch size that the devices cannot divide."""

    exit_code = 2


def make_strategy(
    kind: str = "auto", require_gpu: bool = False
) -> tf.distribute.Strategy:
    """Returns the distribution strategy for a run.

    Args:
      kind: "auto" uses all GPUs, or the CPU if there are none; "one" the first
        device; "mirrored" all GPUs, or all logical CPUs; "multi_worker" the
        workers that TF_CONFIG names, and must be made before TensorFlow has
        computed anything.
      require_gpu: whether to fail instead of using the CPU.

    Raises:
      DeviceError: a GPU is required and TensorFlow finds none.
    """
    if require_gpu:
        check_gpu()
    if kind == "multi_worker":
        return tf.distribute.MultiWorkerMirroredStrategy()
    return tf.distribute.MirroredStrategy(list_devices(kind))


def list_devices(kind: str) -> list[str]:
    """Returns the devices of this machine that a strategy uses.

    Args:
      kind: see ``make_strategy``, but for "multi_worker".
    """
    devices = [d.name for d in tf.config.list_logical_devices("GPU")]
    if not devices:
        cpus = [d.name for d in tf.config.list_logical_devices("CPU")]
        devices = cpus if kind == "mirrored" else cpus[:1]
    return devices[:1] if kind == "one" else devices


def check_batches(schedule: Iterable[Stage], devices: int) -> None:
    """Raises DeviceError unless every stage's batch divides over devices."""
    for stage in schedule:
        if stage.batch_size % devices:
            raise DeviceError(
                f"a batch of {stage.batch_size} (--batch_size, --stages) does "
                f"not divide over {devices} devices; --strategy=one takes one"
            )


def check_gpu() -> None:
    """Raises DeviceError if TensorFlow finds no GPU."""
    if not tf.config.list_physical_devices("GPU"):
        raise DeviceError(
            "--require_gpu: TensorFlow sees no GPU; check the driver, that the "
            "container was started with --gpus all, or elsewhere that CUDA is "
            "there (pip install -e '.[gpu]' brings it); with "
            "TF_CPP_MIN_LOG_LEVEL=0 TensorFlow says why"
        )


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Says whether this process is the worker that writes files."""
    resolver = strategy.cluster_resolver
    if resolver is None or not resolver.cluster_spec().as_dict():
        return True
    return resolver.task_id == 0
