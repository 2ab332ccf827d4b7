"""The equalizer of a run, fitted to its training sounds: ``model.match_eq``."""

from collections.abc import Callable

import numpy as np

from wavegan_cond.config import ModelConfig
from wavegan_cond.evaluation.real_sounds import RealSounds
from wavegan_cond.model import match_eq, match_eq_fit
from wavegan_cond.model.resample import downsample
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.ends import clean_ends
from wavegan_cond.synthesis.wav import to_float


def make_spectra(
    store: RealSounds, model: ModelConfig, length: int
) -> match_eq_fit.Spectra:
    """Returns the mean spectra of the training sounds of each class.

    They are measured with clean ends, as generated ones have them: what the
    removal of an offset takes away is then missing in both.

    Args:
      store: an open store.
      model: model configuration of the full networks; for a model without
        labels all sounds count as one class.
      length: length of the sounds of the stage in samples.
    """

    def read(rows):
        waves = to_float(store.read_rows(rows))[:, :, np.newaxis]
        return clean_ends(downsample(waves, length)[:, :, 0]).numpy()

    labels = store.labels[: store.train] % model.num_labels
    return match_eq_fit.real_spectra(read, labels, model.num_labels)


def fit_equalizer(
    gan: WaveGAN,
    model: ModelConfig,
    generate: Callable,
    real: match_eq_fit.Spectra,
) -> None:
    """Fits the equalizer of ``gan`` to its current weights.

    Equal weights give equal filters.

    Args:
      gan: GAN of a model with ``match_eq``.
      model: model configuration of the full networks.
      generate: of the current weights, see ``previews.preview_function``.
      real: of ``make_spectra``, at the length of the stage of ``gan``.
    """
    z = latents.draw(model, match_eq_fit.SEED, match_eq_fit.SOUNDS)
    taps = gan.match_eq.taps
    taps.assign(match_eq.flat(len(model.classes), gan.stage.length))
    made = [
        match_eq_fit.measure([generate(z, np.full(len(z), label))])
        for label in range(model.num_labels)
    ]
    fitted = match_eq_fit.fit(real, match_eq_fit.stack(made))
    taps.assign(np.broadcast_to(fitted, taps.shape))
