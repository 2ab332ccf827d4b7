"""Drumlabooh's drumkit.txt, a line for each instrument.

https://github.com/psemiletov/drum_sklad has the format: ``[36]>kick=a.wav,
b.wav`` is a kick on note 36 whose sounds take turns.
"""

from experiments.kit.instruments import Instrument, Kit

MAX_INSTRUMENTS = 36  # further ones are not loaded


def text(kit: Kit) -> str:
    """Returns the content of drumkit.txt.

    Choking has no place in it: Drumlabooh lets hats cut each other off that
    are called open and closed.
    """
    lines = map(_line, kit.instruments[:MAX_INSTRUMENTS])
    return "".join(f"{line}\n" for line in lines)


def _line(instrument: Instrument) -> str:
    slot, files = instrument.slot, ",".join(instrument.files)
    turns = ">" if len(instrument.files) > 1 else ""
    return f"[{slot.key}]{turns}{slot.name}={files}"
