"""How much there is to compute in a training step."""

from wavegan_cond.model.layout import (
    KERNEL_SIZE,
    critic_blocks,
    generator_blocks,
    stem_channels,
)


def multiplications(width: int, length: int) -> tuple[float, float]:
    """Returns multiplications of one forward pass of an example: (G, D).

    G in polyphase form; D as strided convolutions. Dense layers are left out.
    """
    generator = critic = 0.0
    taken = stem_channels(length, width) + 1  # the label's plane
    for block in generator_blocks(length, width):
        taps = (KERNEL_SIZE - 1) // block.factor + 1
        generator += block.length * taps * taken * block.channels
        taken = block.channels
    taken = 1 + 1
    for block in critic_blocks(length, width):
        produced = block.length // block.factor
        critic += produced * KERNEL_SIZE * taken * block.channels
        taken = block.channels
    return generator, critic


def critic_update_flops(width: int, length: int, batch_size: int) -> float:
    """Returns the operations a critic update cannot do without.

    Per example: G forward once; D forward and backward (3 times its forward)
    for the real and for the fake sound; for the penalty D forward, its input
    gradient, and two more for the weights' share in that gradient.
    """
    generator, critic = multiplications(width, length)
    return 2 * batch_size * (generator + (3 + 3 + 4) * critic)
