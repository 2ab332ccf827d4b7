"""The devices a run trains on, and its place among several workers."""

import tensorflow as tf

STRATEGIES = ("auto", "one", "mirrored", "multi_worker")


class DeviceError(ValueError):
    """The devices asked for are not there, or do not fit the batch."""

    exit_code = 2


class WorkerError(RuntimeError):
    """Another worker of a training is gone."""

    exit_code = 5


def make_strategy(
    kind: str = "auto", require_gpu: bool = False
) -> tf.distribute.Strategy:
    """Returns the strategy a run is built in.

    Args:
      kind: "auto", every GPU there is, else the CPU; "one", the first device;
        "mirrored", every device of the kind there is; "multi_worker", the
        workers that TF_CONFIG names. The last must be made before TensorFlow
        has computed anything.
      require_gpu: whether the CPU will not do.

    Raises:
      DeviceError: a GPU is required and TensorFlow sees none.
    """
    if require_gpu:
        check_gpu()
    if kind == "multi_worker":
        return tf.distribute.MultiWorkerMirroredStrategy()
    devices = [d.name for d in tf.config.list_logical_devices("GPU")]
    if not devices:
        cpus = [d.name for d in tf.config.list_logical_devices("CPU")]
        devices = cpus if kind == "mirrored" else cpus[:1]
    return tf.distribute.MirroredStrategy(
        devices[:1] if kind == "one" else devices
    )


def check_gpu() -> None:
    """Raises DeviceError where TensorFlow sees no GPU."""
    if not tf.config.list_physical_devices("GPU"):
        raise DeviceError(
            "--require_gpu: TensorFlow sees no GPU; check the driver, that the "
            "container was started with --gpus all, and that this TensorFlow "
            "is a GPU build"
        )


def make_deterministic() -> None:
    """Makes operations give the same bits each time they run on a GPU.

    On the CPU they do so anyway. To be called before anything is computed.
    """
    tf.config.experimental.enable_op_determinism()


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Says whether this process is the one that writes."""
    resolver = strategy.cluster_resolver
    if resolver is None or not resolver.cluster_spec().as_dict():
        return True
    return resolver.task_type == "chief" or (
        "chief" not in resolver.cluster_spec().jobs and resolver.task_id == 0
    )
