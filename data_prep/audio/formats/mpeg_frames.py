"""The four bytes in front of every frame of MPEG audio."""

from typing import NamedTuple

_RATES = (44100, 48000, 32000)
_LONG = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_SHORT = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
# Is it version 1, and which layer: kilobits per second, by index from 1.
_KBPS = {
    (True, 1): tuple(range(32, 449, 32)),
    (True, 2): _LONG,
    (True, 3): (32, 40, *_LONG[1:-1]),
    (False, 1): (*_LONG[:8], 144, 160, 176, 192, 224, 256),
    (False, 2): _SHORT,
    (False, 3): _SHORT,
}


class Frame(NamedTuple):
    """Header of an MPEG frame, its first four bytes.

    Attributes:
      word: the four bytes.
      layer: 1, 2 or 3.
      length: bytes, with these four.
      samples: of each channel.
    """

    word: int
    layer: int
    length: int
    samples: int

    @property
    def side(self) -> int:
        """Bytes of layer III between the four and what encoders leave."""
        mono = self.word >> 6 & 3 == 3
        if self.word >> 19 & 1:
            return 17 if mono else 32
        return 9 if mono else 17


def read_frame(data: bytes, place: int) -> Frame | None:
    """Returns the frame that begins at ``place``, or None.

    One of a free bitrate, whose length nothing says, is none.
    """
    word = int.from_bytes(data[place : place + 4], "big")
    version, layer = word >> 19 & 3, 4 - (word >> 17 & 3)
    index, rate = word >> 12 & 15, word >> 10 & 3
    if word >> 21 != 0x7FF or 1 == version or 4 == layer:
        return None
    if index in (0, 15) or rate == 3:
        return None
    newest = version == 3
    samples = 384 if layer == 1 else 1152 if newest or layer == 2 else 576
    hertz = _RATES[rate] >> (2, 0, 1, 0)[version]
    bits = 1000 * _KBPS[newest, layer][index - 1]
    slot = 4 if layer == 1 else 1
    slots = samples // 8 * bits // hertz // slot + (word >> 9 & 1)
    return Frame(word, layer, slots * slot, samples)
