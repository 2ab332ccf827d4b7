"""Sounds of the current weights, and previews of them."""

import sys
from collections.abc import Callable, Mapping

import numpy as np

from wavegan_cond.config import ModelConfig
from wavegan_cond.model import match_eq
from wavegan_cond.model.networks import make_generator
from wavegan_cond.model.resample import upsample
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.plotting import panels
from wavegan_cond.schedule import Stage
from wavegan_cond.storage.atomic import WriteError, make_folder
from wavegan_cond.storage.untrusted import one_line
from wavegan_cond.synthesis import latents, synth
from wavegan_cond.synthesis.describe import describe
from wavegan_cond.synthesis.model_info import ModelError, kinds
from wavegan_cond.synthesis.wav import safe_name, write_wav
from wavegan_cond.training.checkpoints import NonFiniteError
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.tensorboard import SummaryWriter

SEED = 0  # of the fixed z


class Previews:
    """Callback that writes sounds of every class from the same z each time.

    Each preview is a folder of WAV files and a contact sheet.

    Args:
      run_dir: where to.
      model: classes and latent space.
      stage: whose sounds they are; a preview is made at its last iteration.
      generate: z [N, Z], label [N] -> waves [N, T] of the weights as they are.
      every: iterations between previews.
      per_class: sounds a class.
      summary: a SummaryWriter that receives them as well, or None.
    """

    def __init__(
        self,
        run_dir: RunDir,
        model: ModelConfig,
        stage: Stage,
        generate: Callable[[np.ndarray, np.ndarray], np.ndarray],
        every: int,
        per_class: int,
        summary: SummaryWriter | None = None,
    ):
        self._run_dir, self._generate = run_dir, generate
        self._sample_rate = model.sample_rate_of(stage.length)
        self._every, self._last = every, stage.last
        self._per_class, self._summary = per_class, summary
        z = latents.draw(model, SEED, per_class)
        self._kinds = kinds(model.classes, model.conditioning != "none")
        self._z = np.tile(z, (len(self._kinds), 1))
        labels = np.arange(len(self._kinds), dtype=np.int32)
        self._label = np.repeat(labels, per_class)

    def __call__(self, iteration: int, logs: Mapping[str, float]) -> None:
        if iteration % self._every and iteration != self._last:
            return
        waves = self._generate(self._z, self._label)
        folder = self._run_dir.previews / f"iteration_{iteration:08d}"
        make_folder(folder)
        rate, columns = self._sample_rate, self._per_class
        names = [self._kinds[label] for label in self._label]
        titles = [f"{n} {i % columns}" for i, n in enumerate(names)]
        for i, (name, wave) in enumerate(zip(names, waves, strict=True)):
            file = f"{safe_name(name)}_{i % columns}.wav"
            write_wav(folder / file, wave, rate)
        heading = f"iteration {iteration}"
        sheet = folder / "sheet.png"
        panels.contact_sheet(sheet, waves, titles, rate, columns, heading)
        self._draw_losses()
        if self._summary:
            self._summary.write_preview(iteration, waves, titles, sheet, rate)

    def _draw_losses(self) -> None:
        """Draws the log, unless another program has changed it meanwhile."""
        picture, log = self._run_dir.loss_picture, self._run_dir.log
        try:
            panels.loss_curve(picture, log)
        except WriteError:
            raise
        except (OSError, ValueError, LookupError) as error:
            print(
                f"\nwarning: no new {picture.name}: {log} is not as it was "
                f"written ({one_line(error)})",
                file=sys.stderr,
            )


def preview_function(gan: WaveGAN, model: ModelConfig) -> Callable:
    """Returns a function z [N, Z], label [N] -> float32 [N, T].

    It uses the current weights in the way an export would: in float32, and the
    moving average of the weights if there is one. It raises NonFiniteError if
    they make no sounds.

    Args:
      gan: the GAN in training.
      model: model configuration of the full networks.
    """
    twin = make_generator(model, stage=gan.stage)
    sounding = twin
    if gan.match_eq is not None:
        sounding = match_eq.EqualizedGenerator(twin, gan.match_eq)
    player = synth.from_generator(sounding, describe(model, sounding, 0))
    source = gan.average or gan.generator

    def generate(z: np.ndarray, label: np.ndarray) -> np.ndarray:
        twin.set_weights(source.get_weights())
        try:
            return player.generate(z, label)
        except ModelError as error:
            raise NonFiniteError(f"training diverged: {error}") from error

    return generate


def at_full_rate(generate: Callable, length: int) -> Callable:
    """Returns ``generate`` with its sounds resampled to ``length`` samples."""

    def generate_at_full_rate(z: np.ndarray, label: np.ndarray) -> np.ndarray:
        waves = generate(z, label)[:, :, np.newaxis]  # [N, L, 1]
        return np.asarray(upsample(waves, length))[:, :, 0]

    return generate_at_full_rate
