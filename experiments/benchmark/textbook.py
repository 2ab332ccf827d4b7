"""The same networks in the form of the textbook: a baseline to time against.

Nearest-neighbour upsampling as a layer of its own in front of a 25-tap
convolution, and convolutions with a stride. Weights, order of variables and
results are those of ``wavegan_cond.model.networks``.
"""

import keras
import numpy as np

from wavegan_cond.config import ModelConfig
from wavegan_cond.model.critic import Critic
from wavegan_cond.model.generator import Generator
from wavegan_cond.model.layout import KERNEL_SIZE
from wavegan_cond.model.networks import network_settings


class TextbookGenerator(Generator):
    """A Generator of UpSampling1D and Conv1D."""

    def _block(self, channels, factor, name, dtype=None):
        convolution = keras.layers.Conv1D(
            channels, KERNEL_SIZE, padding="same", name=name, dtype=dtype
        )
        return keras.Sequential(
            [keras.layers.UpSampling1D(factor), convolution], name=name
        )


class TextbookCritic(Critic):
    """A Critic of Conv1D with strides."""

    def _block(self, channels, factor, name):
        return keras.layers.Conv1D(
            channels, KERNEL_SIZE, strides=factor, padding="same", name=name
        )


def make_textbook_networks(
    config: ModelConfig,
) -> tuple[TextbookGenerator, TextbookCritic]:
    """Returns float32 networks with their variables made; "nn" only."""
    generator = TextbookGenerator(
        latent_dim=config.latent_dim,
        upsampling=config.upsampling,
        post_filter=config.post_filter,
        seed=0,
        **network_settings(config),
    )
    critic = TextbookCritic(
        phase_shuffle=config.phase_shuffle,
        seed=0,
        **network_settings(config),
    )
    label = np.zeros(1, np.int32)
    wave = generator(np.zeros((1, config.latent_dim), np.float32), label)
    critic(wave, label)
    return generator, critic
