"""DecentSampler's preset, an XML file.

https://decentsampler-developers-guide.readthedocs.io/
"""

import xml.etree.ElementTree as ET

from experiments.kit import xml_text
from experiments.kit.instruments import Kit

KEYS = ("rootNote", "loNote", "hiNote")


def text(kit: Kit) -> str:
    """Returns the content of a .dspreset file.

    Without an amplitude envelope a sound plays to its end, whenever the key is
    let go. Choking is a tag that silences itself.
    """
    root = ET.Element("DecentSampler", minVersion="1.0.0")
    groups = ET.SubElement(root, "groups")
    for instrument in kit.instruments:
        slot, count = instrument.slot, len(instrument.files)
        settings = {"name": slot.name, "ampVelTrack": "1.0"}
        if count > 1:
            settings |= {"seqMode": "round_robin", "seqLength": str(count)}
        if slot.choke:
            tag = f"choke{slot.choke}"
            settings |= {"tags": tag, "silencedByTags": tag}
            settings["silencingMode"] = "fast"
        group = ET.SubElement(groups, "group", settings)
        for position, file in enumerate(instrument.files, 1):
            zone = {"path": file, "ampEnvEnabled": "false"}
            zone |= dict.fromkeys(KEYS, str(slot.key))
            if count > 1:
                zone["seqPosition"] = str(position)
            ET.SubElement(group, "sample", zone)
    return xml_text.document(root)
