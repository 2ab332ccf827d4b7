"""Times and weighs training: textbook form, polyphase, bfloat16, compiled."""

import functools
import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np

from experiments.benchmark.child import printed_number
from experiments.benchmark.trial import Trial
from experiments.common.operations import critic_update_flops
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.training import precision

FORMS = ("textbook float32", "polyphase float32", "polyphase bfloat16")
COMPILED = "polyphase bfloat16 XLA"  # as a GPU trains
FILLING = {False: 3072, True: 8192}  # rows of a product that fills CPU, GPU


def has_gpu() -> bool:
    """Says whether TensorFlow sees a GPU."""
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


def device_name() -> str:
    """Returns what is timed: the first GPU's name, or "the processor"."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "the processor"
    details = tf.config.experimental.get_device_details(gpus[0])
    return details.get("device_name", gpus[0].name)


def usable_forms() -> tuple[str, ...]:
    """Returns the forms to time: none whose arithmetic is emulated here."""
    if not precision.has_bfloat16():
        print("  bfloat16 is left out: this machine emulates it")
        return FORMS[:2]
    return (*FORMS, COMPILED) if has_gpu() else FORMS


def take_turns(
    versions: Mapping[str, Callable[[], object]], repeats: int
) -> dict[str, float]:
    """Returns the median seconds of each version.

    Each is run once before the clock starts, then they take turns, so that a
    busy moment of the machine falls on all of them.
    """
    for version in versions.values():
        version()
    seconds = {name: [] for name in versions}
    for _ in range(repeats):
        for name, version in versions.items():
            started = time.perf_counter()
            version()
            seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(s) for name, s in seconds.items()}


def time_players(
    players: Mapping[str, Callable], repeats: int, title: str
) -> dict[str, dict[str, float]]:
    """Returns sounds a second at batch 1 and 64, of each player.

    Args:
      players: functions (z [N, 3], label [N]) -> audio, of numpy arrays.
      repeats: turns each takes, four times as many.
      title: what they play.
    """
    figures = {}
    for batch in (1, 64):
        inputs = np.ones((batch, 3), np.float32), np.zeros(batch, np.int32)
        versions = {
            name: functools.partial(play, *inputs)
            for name, play in players.items()
        }
        seconds = take_turns(versions, 4 * repeats)
        figures[f"{title}, batch {batch}"] = {
            f"{name} clips/s": batch / s for name, s in seconds.items()
        }
    return figures


def matmul_ceilings(repeats: int) -> dict[str, float]:
    """Returns GFLOP/s of a square matrix product, by precision."""
    import tensorflow as tf

    size = FILLING[has_gpu()]

    def product(dtype):
        matrix = tf.cast(tf.random.normal([size, size]), dtype)
        multiply = tf.function(lambda: tf.reduce_sum(matrix @ matrix))
        return lambda: multiply().numpy()

    dtypes = (tf.float32, tf.bfloat16)
    versions = {dtype.name: product(dtype) for dtype in dtypes}
    seconds = take_turns(versions, repeats)
    return {name: 2e-9 * size**3 / s for name, s in seconds.items()}


def make_step(
    form: str, width: int, length: int, batch_size: int
) -> dict[str, Callable[[], np.ndarray]]:
    """Returns functions that run one critic update, and one iteration.

    Args:
      form: of ``FORMS``, or ``COMPILED``.
      width: base width of the networks (d).
      length: samples of a sound.
      batch_size: examples of one update.

    Returns:
      "iteration" and "critic update", each with the loss as its result.
    """
    import tensorflow as tf

    from experiments.benchmark.textbook import make_textbook_networks
    from wavegan_cond.model.networks import make_networks
    from wavegan_cond.model.wavegan import WaveGAN

    model = ModelConfig(width=width, latent_dim=3, length=length)
    chosen = "mixed_bfloat16" if "bfloat16" in form else "float32"
    train = TrainConfig(batch_size=batch_size, precision=chosen)
    if form.startswith("textbook"):
        networks = make_textbook_networks(model)
    else:
        networks = make_networks(model, precision=chosen)
    gan = WaveGAN(*networks, train, xla=form.endswith("XLA"))
    gan.compile()
    count = batch_size * train.critic_updates
    waves = tf.random.uniform([count, length, 1], -1, 1)
    labels = tf.zeros([count], tf.int32)
    iteration = tf.function(gan.train_step)
    update = tf.function(gan._update_critic)
    few = waves[:batch_size], labels[:batch_size]
    return {
        "iteration": lambda: iteration((waves, labels))[
            "generator_loss"
        ].numpy(),
        "critic update": lambda: update(*few, 0)[0].numpy(),
    }


def time_training(trial: Trial) -> dict[str, dict[str, float]]:
    """Times iterations of the three forms, and the critic update."""
    ceilings = matmul_ceilings(trial.repeats)
    figures, forms = {"matmul GFLOP/s": ceilings}, usable_forms()
    for width in trial.widths:
        sizes = width, trial.length, trial.batch_size
        steps = {form: make_step(form, *sizes) for form in forms}
        seconds = take_turns(
            {form: step["iteration"] for form, step in steps.items()},
            trial.repeats,
        )
        updates = take_turns(
            {form: steps[form]["critic update"] for form in forms[1:]},
            trial.repeats,
        )
        flops = critic_update_flops(*sizes)
        for form in forms:
            row = {
                "seconds": seconds[form],
                "times textbook": seconds[FORMS[0]] / seconds[form],
            }
            if form in updates:
                ceiling = ceilings[form.split()[1]] * 1e9
                row["critic update s"] = updates[form]
                row["share of ceiling"] = flops / updates[form] / ceiling
            figures[f"d = {width}, {form}"] = row
    return figures


def time_memory(trial: Trial) -> dict[str, dict[str, float]]:
    """Measures the peak memory of a process that trains, by form."""
    program = (
        "import sys\n"
        "from experiments.common import quietly\n"
        "quietly.import_tensorflow()\n"
        "from experiments.benchmark import training\n"
        "form, *sizes = sys.argv[1:]\n"
        "step = training.make_step(form, *map(int, sizes))['iteration']\n"
        "step(); step()\n"
        "print(training.peak_memory())\n"
    )
    figures, forms = {}, usable_forms()[1:]
    for width in trial.widths:
        sizes = [str(width), str(trial.length), str(trial.batch_size)]
        for form in forms:
            gibibytes = printed_number(program, form, *sizes)
            figures[f"d = {width}, {form}"] = {"peak GiB": gibibytes}
    return figures


def peak_memory() -> float:
    """Returns the most memory that was ever held, in GiB.

    Of a GPU where there is one, else of this process.
    """
    if has_gpu():
        import tensorflow as tf

        memory = tf.config.experimental.get_memory_info("GPU:0")
        return memory["peak"] / 1024**3
    return process_memory()


def process_memory() -> float:
    """Returns the most memory this process ever held, in GiB.

    On Linux from the kernel's own mark: getrusage of a child begins with what
    its parent held.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file)
        return int(lines["VmHWM"].split()[0]) / 1024**2
    except (OSError, KeyError):
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_maxrss / 1024**3  # bytes on macOS
