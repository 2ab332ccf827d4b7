"""Drumlabooh's drumkit.txt, a line for each instrument.

https://github.com/psemiletov/drum_sklad has the format: ``[36]>kick=a.wav,
b.wav`` is a kick on note 36 whose sounds take turns.
"""

from experiments.kit.instruments import Kit

MAX_INSTRUMENTS = 36  # further ones are not loaded


def text(kit: Kit) -> str:
    """Returns the content of drumkit.txt.

    Choking has no place in it: Drumlabooh lets hats cut each other off that
    are called open and closed.
    """
    lines = []
    for instrument in kit.instruments[:MAX_INSTRUMENTS]:
        slot, files = instrument.slot, instrument.files
        turns = ">" if len(files) > 1 else ""
        lines.append(f"[{slot.key}]{turns}{slot.name}={','.join(files)}\n")
    return "".join(lines)
