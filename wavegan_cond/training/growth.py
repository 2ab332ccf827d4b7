"""Growing: the networks are built anew, and what they share is carried over.

Keras locks the layers of a built network, so a stage has its own pair. Blocks
are named by the length they produce or take, and keep their names (paper
section 3.2).
"""

import tensorflow as tf

from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.training.checkpoints import variables_of


def carry_weights(old: WaveGAN, new: WaveGAN) -> list[str]:
    """Copies every weight that both pairs have, by name.

    Returns:
      The names of the weights that are new, sorted, such as
      ``critic/down_256/kernel``.
    """
    source, target = weights(old), weights(new)
    for name in source.keys() & target.keys():
        target[name].assign(source[name])
    return sorted(target.keys() - source.keys())


def weights(gan: WaveGAN) -> dict[str, tf.Variable]:
    """Returns the weights of a pair as a checkpoint names them."""
    networks = {"generator": gan.generator, "critic": gan.critic}
    if gan.average is not None:
        networks["average"] = gan.average
    named = {}
    for part, network in networks.items():
        named.update(variables_of(network, part))
    return named
