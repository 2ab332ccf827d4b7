"""Growing: the networks are built anew, and what they share is carried over.

Keras locks the layers of a built network, so a stage has its own pair. Blocks
are named by the length they produce or take, and keep their names (paper
section 3.2).
"""

from wavegan_cond.wavegan import WaveGAN


def carry_weights(old: WaveGAN, new: WaveGAN) -> list[str]:
    """Copies every weight that both pairs have, by name.

    Returns:
      The names of the weights that are new, sorted, such as
      ``critic/down_256/kernel``.
    """
    source, target = weights(old), weights(new)
    for name in source.keys() & target.keys():
        target[name].assign(source[name].value)
    return sorted(target.keys() - source.keys())


def weights(gan: WaveGAN) -> dict:
    """Returns the weights of a pair by name, the average's among them."""
    networks = {"generator": gan.generator, "critic": gan.critic}
    if gan.average is not None:
        networks["average"] = gan.average
    return {
        f"{part}/{weight.path.split('/', 1)[1]}": weight
        for part, network in networks.items()
        for weight in network.weights
    }
