"""Times training on one and two devices, and works out what more would do.

Every update sums its gradients over the devices. On n devices in a ring each
sends 2 (n - 1) / n times their size, while computing takes 1 / n of the time:
communication takes as long as computing at n = 1 + F b / (2 P S), with F
operations and S bytes of gradients an iteration, P operations a second of a
device, and a link of b bytes a second.
"""

from experiments.benchmark.child import printed_number
from experiments.benchmark.trial import Trial
from experiments.common.operations import critic_update_flops, multiplications
from wavegan_cond.config import ModelConfig, TrainConfig

DEVICE = 100e12  # operations a second a GPU sustains: a tenth of an H100's peak
LINKS = {"10 Gb/s": 1.25e9, "100 Gb/s": 12.5e9, "NVLink": 450e9}
PROGRAM = """
import sys
from experiments.common import quietly
quietly.import_tensorflow()
import tensorflow as tf
count, width, length, batch = map(int, sys.argv[1:])
tf.config.set_visible_devices([], "GPU")
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration()] * count)
from experiments.benchmark.training import take_turns
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.training import loop, precision
from wavegan_cond.training.strategy import make_strategy
strategy = make_strategy("mirrored")
train = TrainConfig(batch_size=batch, precision=precision.resolve("auto"))
model = ModelConfig(width=width, length=length, latent_dim=3)
gan = loop.build(model, train, strategy)
size = batch * train.critic_updates // count
def value(context):
    waves = tf.random.uniform([size, length, 1], -1, 1)
    return waves, tf.zeros([size], "int32")
share = strategy.experimental_distribute_values_from_function(value)
step = tf.function(lambda batch: strategy.run(gan.train_step, args=(batch,)))
def run():
    logs = step(share)
    [part.numpy() for part in strategy.experimental_local_results(
        logs["generator_loss"])]
print(take_turns({"run": run}, 5)["run"])
"""


def time_devices(trial: Trial) -> dict[str, dict[str, float]]:
    """Times iterations on one and two devices of this machine's processor."""
    width, figures = trial.widths[0], {}
    for count in (1, 2):
        numbers = map(str, (count, width, trial.length, trial.batch_size))
        seconds = printed_number(PROGRAM, *numbers)
        name = f"d = {width}, {count} device{'s' * (count > 1)}"
        figures[name] = {"iterations/s": 1 / seconds}
    for width in trial.widths:
        figures[f"d = {width}, on paper"] = on_paper(
            width, trial.length, trial.batch_size
        )
    return figures


def on_paper(width: int, length: int, batch_size: int) -> dict[str, float]:
    """Returns what an iteration computes and sends, and where they meet."""
    from wavegan_cond.model.networks import make_networks

    updates = TrainConfig().critic_updates
    generator, critic = make_networks(
        ModelConfig(width=width, length=length, latent_dim=3)
    )
    count = updates * critic.count_params() + generator.count_params()
    forward, judged = multiplications(width, length)
    # The generator's update: both forward, both backward, D's weights not.
    last = 2 * batch_size * (3 * forward + 2 * judged)
    critic_update = critic_update_flops(width, length, batch_size)
    operations = updates * critic_update + last
    sent = 4 * count
    meet = {
        f"GPUs at {name}": 1 + operations * link / (2 * DEVICE * sent)
        for name, link in LINKS.items()
    }
    return {"TFLOP": operations / 1e12, "MB of gradients": sent / 1e6, **meet}
