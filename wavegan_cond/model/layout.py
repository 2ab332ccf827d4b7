"""Where the blocks of both networks stand, and how wide they are.

The generator goes up from 16 samples to T, the critic down from T to 16, each
in blocks that resample by 4. The last block of both is by 2 at T = 32,768: in
the generator the one at the highest rate, in the critic the one at the lowest
(WaveGAN's wavegan.py). No Keras, so that sizes are known before a network is
built.
"""

from typing import NamedTuple

START_LENGTH = 16  # samples in front of the first block (WaveGAN's wavegan.py)
KERNEL_SIZE = 25  # taps of every block (train_wavegan.py: --wavegan_kernel_len)


class Block(NamedTuple):
    """A block of a network.

    Attributes:
      length: samples on the side of the sound: what a generator's block makes
        and what a critic's takes. It gives the block its name.
      factor: of its resampling.
      channels: that it makes.
    """

    length: int
    factor: int
    channels: int


def block_factors(length: int) -> list[int]:
    """Returns the resampling factor of each block, in the order of a network.

    Every block is by 4; 32768 ends with a block by 2.
    """
    factors, produced = [], START_LENGTH
    while produced < length:
        factors.append(min(4, length // produced))
        produced *= factors[-1]
    return factors


def generator_blocks(length: int, width: int) -> list[Block]:
    """Returns the generator's blocks, from the lowest rate to the sound.

    Args:
      length: samples of a sound (T).
      width: base width (d): channels in front of the last block.
    """
    blocks, produced = [], START_LENGTH
    channels = stem_channels(length, width)
    for factor in block_factors(length):
        produced, channels = produced * factor, channels // 2
        blocks.append(Block(produced, factor, channels))
    return [*blocks[:-1], blocks[-1]._replace(channels=1)]


def critic_blocks(length: int, width: int) -> list[Block]:
    """Returns the critic's blocks, from the sound to the lowest rate.

    Args:
      length: samples of a sound (T).
      width: base width (d): channels behind the first block.
    """
    blocks, taken = [], length
    for index, factor in enumerate(block_factors(length)):
        blocks.append(Block(taken, factor, width * 2**index))
        taken //= factor
    return blocks


def stem_channels(length: int, width: int) -> int:
    """Returns the channels of the 16 samples where both networks are widest.

    Args:
      length: samples of a sound (T).
      width: base width (d).
    """
    return critic_blocks(length, width)[-1].channels
