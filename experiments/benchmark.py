r"""Times everything that has a baseline, side by side, on this machine.

    python -m experiments.benchmark [--only=training,generation] \
        [--widths=16,64] [--repeats=5] [--input_dir=SAMPLES]

Versions of one thing take turns in one run; medians are reported. Beside them
stand the machine's own float32 and bfloat16 matrix products, the ceiling of
everything here. Without --input_dir, preparation is timed on the demo kit.
"""

import json
import statistics
import time
from collections.abc import Callable, Mapping

from absl import flags

from experiments import cli

FLAGS = flags.FlagValues()
PARTS = ("training", "memory", "generation", "pipeline", "preparation")
flags.DEFINE_list(
    "only", list(PARTS), "what to time: " + ", ".join(PARTS), flag_values=FLAGS
)
flags.DEFINE_list("widths", ["16", "64"], "base widths", flag_values=FLAGS)
flags.DEFINE_integer(
    "repeats", 5, "turns each version takes", lower_bound=1, flag_values=FLAGS
)
flags.DEFINE_integer(
    "batch_size", 64, "of training", lower_bound=1, flag_values=FLAGS
)
flags.DEFINE_integer(
    "length", 16384, "samples of a sound", lower_bound=64, flag_values=FLAGS
)
flags.DEFINE_string(
    "input_dir", None, "sounds to time preparation on", flag_values=FLAGS
)
flags.DEFINE_string(
    "output", None, "a JSON file for the figures", flag_values=FLAGS
)


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


def matmul_ceilings(repeats: int, size: int = 3072) -> dict[str, float]:
    """Returns GFLOP/s of a square matrix product, by precision."""
    import tensorflow as tf

    def product(dtype):
        matrix = tf.cast(tf.random.normal([size, size]), dtype)
        multiply = tf.function(lambda: tf.reduce_sum(matrix @ matrix))
        return lambda: multiply().numpy()

    seconds = take_turns(
        {
            "float32": product(tf.float32),
            "bfloat16": product(tf.bfloat16),
        },
        repeats,
    )
    return {name: 2e-9 * size**3 / s for name, s in seconds.items()}


def multiplications(width: int, length: int) -> tuple[float, float]:
    """Returns multiplications of one forward pass of an example: (G, D).

    G in polyphase form; D as strided convolutions. Dense layers are left out.
    """
    from wavegan_cond.networks import START_LENGTH, block_factors

    factors = block_factors(length)
    blocks, produced = len(factors), START_LENGTH
    channels = [width * 2 ** (blocks - 1 - i) for i in range(blocks)] + [1]
    generator = critic = 0.0
    for i, factor in enumerate(factors):
        taps = 24 // factor + 1
        extra = 1 if i == 0 else 0  # the label's plane
        inputs = channels[i] + extra
        generator += produced * taps * factor * inputs * channels[i + 1]
        outputs = channels[i + 1] + (i == blocks - 1)
        critic += produced * 25 * outputs * channels[i]
        produced *= factor
    return generator, critic


def critic_update_flops(width: int, length: int, batch_size: int) -> float:
    """Returns the operations a critic update cannot do without.

    Per example: G forward once; D forward and backward (3 times its forward)
    for the real and for the fake sound; for the penalty D forward, its input
    gradient, and two more for the weights' share in that gradient.
    """
    generator, critic = multiplications(width, length)
    return 2 * batch_size * (generator + (3 + 3 + 4) * critic)


def make_step(form: str, width: int, values: flags.FlagValues) -> dict:
    """Returns functions that run one critic update, and one iteration."""
    import tensorflow as tf

    from experiments.textbook import make_textbook_networks
    from wavegan_cond.config import ModelConfig, TrainConfig
    from wavegan_cond.networks import make_networks
    from wavegan_cond.wavegan import WaveGAN

    model = ModelConfig(width=width, latent_dim=3, length=values.length)
    precision = "mixed_bfloat16" if "bfloat16" in form else "float32"
    train = TrainConfig(batch_size=values.batch_size, precision=precision)
    if form.startswith("textbook"):
        networks = make_textbook_networks(model)
    else:
        networks = make_networks(model, precision=precision)
    gan = WaveGAN(*networks, train)
    gan.compile()
    count = values.batch_size * train.critic_updates
    waves = tf.random.uniform([count, values.length, 1], -1, 1)
    labels = tf.zeros([count], tf.int32)
    iteration = tf.function(gan.train_step)
    update = tf.function(gan._update_critic)
    size = values.batch_size
    return {
        "iteration": lambda: iteration((waves, labels))[
            "generator_loss"
        ].numpy(),
        "critic update": lambda: update(waves[:size], labels[:size], 0)[
            0
        ].numpy(),
    }


FORMS = ("textbook float32", "polyphase float32", "polyphase bfloat16")


def time_training(values: flags.FlagValues) -> dict:
    """Times iterations of the three forms, and the critic update."""
    ceilings = matmul_ceilings(values.repeats)
    figures = {"matmul GFLOP/s": ceilings}
    for width in map(int, values.widths):
        steps = {form: make_step(form, width, values) for form in FORMS}
        seconds = take_turns(
            {form: step["iteration"] for form, step in steps.items()},
            values.repeats,
        )
        updates = take_turns(
            {form: steps[form]["critic update"] for form in FORMS[1:]},
            values.repeats,
        )
        flops = critic_update_flops(width, values.length, values.batch_size)
        for form in FORMS:
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


def time_memory(values: flags.FlagValues) -> dict:
    """Measures the peak memory of a process that trains, by form."""
    import subprocess
    import sys

    program = (
        "import resource, sys\n"
        "from experiments import benchmark, cli\n"
        "cli.parse(benchmark.FLAGS, '', sys.argv[:2])\n"
        "step = benchmark.make_step(sys.argv[2], int(sys.argv[3]), "
        "benchmark.FLAGS)['iteration']\n"
        "step(); step()\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    unit = 1024**2 if sys.platform == "linux" else 1024**3
    figures = {}
    for width in values.widths:
        for form in FORMS[1:]:
            batch = f"--batch_size={values.batch_size}"
            result = subprocess.run(
                [sys.executable, "-c", program, batch, form, width],
                capture_output=True,
                text=True,
                check=True,
            )
            gigabytes = int(result.stdout.split()[-1]) / unit
            figures[f"d = {width}, {form}"] = {"peak GiB": gigabytes}
    return figures


def time_generation(values: flags.FlagValues) -> dict:
    """Times making sounds: clips per second at batch 1 and 64."""
    import numpy as np
    import tensorflow as tf

    from experiments.textbook import make_textbook_networks
    from wavegan_cond.config import ModelConfig
    from wavegan_cond.networks import make_generator

    figures = {}
    for width in map(int, values.widths):
        model = ModelConfig(width=width, latent_dim=3, length=values.length)
        makers = {
            "textbook": make_textbook_networks(model)[0],
            "polyphase": make_generator(model),
        }
        for batch in (1, 64):
            z = tf.constant(np.ones((batch, 3), np.float32))
            label = tf.zeros([batch], tf.int32)
            versions = {}
            for name, generator in makers.items():
                play = tf.function(generator.call)
                versions[name] = lambda f=play, z=z, y=label: f(z, y).numpy()
            seconds = take_turns(versions, 4 * values.repeats)
            figures[f"d = {width}, batch {batch}"] = {
                f"{name} clips/s": batch / s for name, s in seconds.items()
            }
    return figures


def time_pipeline(values: flags.FlagValues) -> dict:
    """Times the batches of one iteration, from disk to tensor."""
    import tempfile

    import numpy as np

    from data_prep.batches import load_batches
    from data_prep.store import write_store

    rows, size = 9000, 5 * values.batch_size
    random = np.random.default_rng(0)
    chunk = random.integers(-9000, 9000, (1000, values.length)).astype("i2")
    with tempfile.TemporaryDirectory() as folder:
        store = write_store(
            f"{folder}/store",
            waveforms=[chunk] * (rows // 1000),
            labels=np.zeros(rows),
            train=rows,
            classes=["kick"],
            length=values.length,
            manifest=["path\n"],
            details={},
        )
        batches = iter(load_batches(store, size, seed=0))
        seconds = take_turns(
            {"batches": lambda: next(batches)[0].numpy()}, 10 * values.repeats
        )["batches"]
        step = make_step(FORMS[2], int(values.widths[0]), values)["iteration"]
        iteration = take_turns({"step": step}, values.repeats)["step"]
    return {
        f"{size} sounds": {
            "seconds": seconds,
            "share of an iteration": seconds / iteration,
        }
    }


def time_preparation(values: flags.FlagValues) -> dict:
    """Times preparing files, beside one librosa.load after the other."""
    import tempfile

    from experiments import benchmark_preparation

    with tempfile.TemporaryDirectory() as folder:
        return benchmark_preparation.measure(values.input_dir, folder)


def print_table(figures: Mapping[str, Mapping[str, float]]) -> None:
    """Prints one line a version."""
    for name, row in figures.items():
        cells = ", ".join(f"{key} {value:.3g}" for key, value in row.items())
        print(f"  {name:<32} {cells}", flush=True)


def main(values: flags.FlagValues) -> None:
    """Times each part and prints its table."""
    unknown = set(values.only) - set(PARTS)
    if unknown:
        raise cli.UsageError(
            f"--only={','.join(sorted(unknown))}: expected some of "
            f"{', '.join(PARTS)}"
        )
    timers = {
        "training": time_training,
        "memory": time_memory,
        "generation": time_generation,
        "pipeline": time_pipeline,
        "preparation": time_preparation,
    }
    results = {}
    for part in values.only:
        print(part, flush=True)
        results[part] = timers[part](values)
        print_table(results[part])
    if values.output:
        with open(values.output, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=2)


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
