"""SFZ: the text format of sforzando, sfizz, Ardour, LinuxSampler and others.

Opcodes: https://sfzformat.com/opcodes/
"""

from experiments.kit.instruments import Instrument, Kit


def text(kit: Kit) -> str:
    """Returns the content of an .sfz file.

    Round robin is seq_length and seq_position, choking group and off_by.
    """
    groups = [_group(instrument) for instrument in kit.instruments]
    head = f"// {kit.name}\n\n<global>\nloop_mode=one_shot\n"
    return "\n".join([head, *groups])


def _group(instrument: Instrument) -> str:
    """Returns one key's group: the sounds that take turns."""
    slot, count = instrument.slot, len(instrument.files)
    lines = [f"// {slot.name}", "<group>", f"key={slot.key}"]
    if slot.choke:
        lines += [f"group={slot.choke}", f"off_by={slot.choke}"]
        lines.append("off_mode=fast")
    if count > 1:
        lines.append(f"seq_length={count}")
    for position, file in enumerate(instrument.files, 1):
        turn = f" seq_position={position}" if count > 1 else ""
        lines.append(f"<region> sample={file}{turn}")
    return "\n".join(lines) + "\n"
