"""A kit whose drums, keys and files are known."""

import pytest

from experiments.kit.instruments import lay_out
from experiments.kit.keys import SLOTS

FILES = {
    "bd": ("kick_01.wav", "kick_02.wav", "kick_03.wav"),
    "sd": ("snare_01.wav",),
    "hh": ("closed_hat_01.wav", "closed_hat_02.wav"),
    "oh": ("open_hat_01.wav",),
}


@pytest.fixture
def kit():
    """Returns a kit: three kicks, a snare, two closed hats, an open one."""
    return lay_out("test-kit", [(SLOTS[c], f) for c, f in FILES.items()])
