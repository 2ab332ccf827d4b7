"""A run: build the model in a strategy, restore it, iterate until done.

Data flows one way: batches -> train_step -> checkpoint.
"""

import pathlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import tensorflow as tf

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model import match_eq
from wavegan_cond.model.critic_input import Hearing, is_plain, num_bands
from wavegan_cond.model.networks import make_generator, make_networks
from wavegan_cond.model.resample import upsample
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.schedule import Stage, make_schedule
from wavegan_cond.synthesis import latents, synth
from wavegan_cond.synthesis.model_info import describe
from wavegan_cond.training import callbacks, checkpoints
from wavegan_cond.training.growth import carry_weights
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.stop_signal import StopSignal
from wavegan_cond.training.strategy import DeviceError, WorkerError


def build(
    model: ModelConfig,
    train: TrainConfig,
    strategy: tf.distribute.Strategy,
    stage: Stage | None = None,
    before: WaveGAN | None = None,
    hearing: Hearing | None = None,
    xla: bool = False,
) -> WaveGAN:
    """Returns the compiled pair of a stage, its variables in ``strategy``.

    Args:
      model: shape of the full networks.
      train: the objective.
      strategy: the devices.
      stage: of the schedule; by default its first.
      before: the pair of the stage before, whose weights are carried over.
      hearing: of ``hearing.fit``, by the same ``train``.
      xla: whether its steps are compiled.

    Raises:
      DeviceError: the batch cannot be shared evenly.
      ValueError: there is a hearing, and none is asked for, or the reverse.
    """
    if (hearing is None) != is_plain(train):
        raise ValueError(
            f"whitening={train.whitening} and compression={train.compression} "
            "go with a hearing: received "
            f"{'none' if hearing is None else 'one'}"
        )
    stage = stage or make_schedule(model, train)[0]
    replicas = strategy.num_replicas_in_sync
    if stage.batch_size % replicas:
        raise DeviceError(
            f"--batch_size={stage.batch_size} does not divide over {replicas} "
            "devices"
        )
    with strategy.scope():
        generator, critic = make_networks(
            model, train.seed, train.precision, stage, num_bands(train)
        )
        average = None
        if train.average:
            average = make_generator(
                model, train.seed, name="average", stage=stage
            )
        gan = WaveGAN(
            generator,
            critic,
            train,
            model.prior,
            average,
            stage,
            hearing,
            xla,
        )
        gan.compile()
    if before is not None:
        carry_weights(before, gan)
    return gan


def find_checkpoint(
    run_dir: RunDir, run: str = ""
) -> tuple[pathlib.Path | None, int]:
    """Returns a run's newest good checkpoint and its iteration, or None, 0.

    A damaged checkpoint is passed over and named on standard error.

    Args:
      run_dir: of the run.
      run: ``config.run_digest``; checkpoints of another run do not count.

    Raises:
      CheckpointError: there are checkpoints, and none can be used.
    """
    try:
        return checkpoints.newest_told(run_dir.checkpoints, run)
    except FileNotFoundError:
        return None, 0


def restore(gan: WaveGAN, checkpoint: pathlib.Path) -> None:
    """Reads a checkpoint of the stage of ``gan`` into it.

    Raises:
      CheckpointError: it does not fit.
    """
    checkpoints.restore(checkpoint, checkpoints.gan_variables(gan))


class Saver:
    """Commits a checkpoint every so often, at the end, and when stopped.

    Args:
      gan: whose variables are saved.
      folder: of the checkpoints.
      log: what must be on the disk before a checkpoint that counts on it.
      stop: looked at after each iteration.
      every: iterations between checkpoints.
      last: one is saved at this iteration too.
      keep: checkpoints to keep, beside the best.
      run: ``config.run_digest``.
      score: how far the sounds are from real now, and where to note it.
      fit: called first: what follows from the weights and is saved with them.
    """

    def __init__(
        self,
        gan: WaveGAN,
        folder: pathlib.Path,
        log: callbacks.Log,
        stop: StopSignal,
        *,
        every: int,
        last: int,
        keep: int = 3,
        run: str = "",
        score: "tuple[Callable[[], float], callbacks.Table] | None" = None,
        fit: Callable[[], None] | None = None,
    ):
        self._variables = checkpoints.gan_variables(gan)
        self._folder, self._log, self._stop = folder, log, stop
        self._every, self._last, self._keep = every, last, keep
        self._run, self._score, self._fit = run, score, fit

    def __call__(self, iteration: int, logs: dict[str, float]) -> None:
        due = iteration % self._every == 0 or iteration == self._last
        if not due and not self._stop.heeded:
            return
        if self._fit:
            self._fit()
        score = None
        if self._score and not self._stop.heeded:
            measure, table = self._score
            score = measure()
            table.add(iteration, f"{score:.6g}")
            table.sync()
        self._log.sync()
        checkpoints.save(
            self._folder,
            self._variables,
            iteration,
            self._keep,
            self._run,
            score,
        )


def iterate(
    gan: WaveGAN,
    strategy: tf.distribute.Strategy,
    batches: Iterator,
    first: int,
    last: int,
    observers: Sequence[Callable],
    stop: StopSignal,
) -> None:
    """Runs iterations ``first + 1`` to ``last``, or until a signal came.

    Args:
      gan: restored to ``first``.
      strategy: it was built in.
      batches: of the strategy, from batch ``first`` on.
      first: iterations done already.
      last: where to stop.
      observers: called in order after each iteration.
      stop: looked at in each iteration. Where there are several workers, a
        signal to one stops all of them behind the same iteration.

    Raises:
      NonFiniteError: a loss is NaN, infinite, or beyond all reason.
      WorkerError: another worker is gone.
    """
    names = []  # of the scalars, known once the step is traced

    @tf.function
    def step(batch, received):
        logs = strategy.run(gan.train_step, args=(batch,))
        logs["stop"] = strategy.run(tf.identity, args=(received,))
        names[:] = logs
        mean = tf.distribute.ReduceOp.MEAN
        # One tensor: each one read from a device waits for it anew.
        return tf.stack([strategy.reduce(mean, v, None) for v in logs.values()])

    stop.defer()
    batch = next(batches) if first < last else None
    for iteration in range(first + 1, last + 1):
        gan.set_fade(gan.stage.fade_after(iteration - 1))
        if gan.stage.half_life:
            gan.set_rate(gan.stage.rate_after(iteration - 1))
        received = tf.constant(np.array(float(bool(stop.received)), np.float32))
        try:
            values = step(batch, received)
            if iteration < last:  # read while the device computes
                batch = next(batches)
            logs = dict(zip(names, values.numpy().tolist(), strict=True))
        except (tf.errors.UnavailableError, tf.errors.AbortedError) as error:
            raise WorkerError(
                f"another worker is gone, in iteration {iteration}; the same "
                "commands on every worker go on from the last checkpoint"
            ) from error
        stop.heed(logs.pop("stop") > 0)
        callbacks.stop_on_divergence(iteration, logs)
        for observer in observers:
            observer(iteration, logs)
        if stop.heeded:
            return


def preview_function(gan: WaveGAN, model: ModelConfig) -> Callable:
    """Returns z [N, Z], label [N] -> float32 [N, T] of the weights as they are.

    Previews are what an export would give: float32, and the average of the
    weights where there is one.
    """
    twin = make_generator(model, stage=gan.stage)
    player = synth.from_generator(twin, describe(model, twin, 0))
    source = gan.average or gan.generator

    def generate(z: np.ndarray, label: np.ndarray) -> np.ndarray:
        twin.set_weights(source.get_weights())
        return player.generate(z, label)

    return generate


def fit_equalizer(
    gan: WaveGAN, model: ModelConfig, generate: Callable, real: match_eq.Spectra
) -> None:
    """Fits the equalizer of ``gan`` to its weights as they are.

    The same weights give the same filters.

    Args:
      gan: with ``model.match_eq``.
      model: of the full networks.
      generate: of ``preview_function``.
      real: of the sounds that it learns from, at the rate of its stage.
    """
    seed, count = match_eq.SEED, match_eq.SOUNDS
    z = latents.draw(seed, count, model.latent_dim, model.prior)
    gan.set_match(match_eq.flat(len(model.classes), gan.stage.length))
    made = [
        match_eq.measure([generate(z, np.full(len(z), label))])
        for label in range(len(model.classes))
    ]
    gan.set_match(match_eq.fit(real, match_eq.stack(made)))


def at_full_rate(generate: Callable, length: int) -> Callable:
    """Returns ``generate`` with its sounds brought up to ``length`` samples."""

    def generate_at_full_rate(z: np.ndarray, label: np.ndarray) -> np.ndarray:
        waves = generate(z, label)[:, :, np.newaxis]  # [N, L, 1]
        return np.asarray(upsample(waves, length))[:, :, 0]

    return generate_at_full_rate
