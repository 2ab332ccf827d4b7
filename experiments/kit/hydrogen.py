"""Hydrogen's drumkit: drumkit.xml, and the .h2drumkit archive around it.

The format is that of Hydrogen 1.2, data/xsd/drumkit.xsd.
"""

import gzip
import io
import tarfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping

from experiments.kit import xml_text
from experiments.kit.instruments import Instrument, Kit
from experiments.kit.keys import Slot

NAMESPACE = "http://www.hydrogen-music.org/drumkit"
MAX_LAYERS = 16  # of an instrument, that Hydrogen reads
FIRST_KEY = 36  # that plays the first instrument of a kit
MADE_BY = "wavegan-cond, a neural drum synthesiser"


def document(kit: Kit, info: str, licence: str) -> str:
    """Returns the content of drumkit.xml.

    Args:
      kit: the kit.
      info: description of the kit.
      licence: one line about the licence.
    """
    root = ET.Element("drumkit_info", xmlns=NAMESPACE)
    _fill(
        root,
        name=kit.name,
        author=MADE_BY,
        info=info,
        license=licence,
        image="",
        imageLicense="",
    )
    components = ET.SubElement(root, "componentList")
    main = ET.SubElement(components, "drumkitComponent")
    _fill(main, id=0, name="Main", volume=1)
    instruments = ET.SubElement(root, "instrumentList")
    for number, instrument in enumerate(by_place(kit)):
        instruments.append(_instrument(number, instrument))
    return xml_text.document(root)


def by_place(kit: Kit) -> list[Instrument]:
    """Returns the instruments of a kit in Hydrogen's order.

    Unless it is told to go by output notes, Hydrogen plays for key 36 the first
    instrument, for key 37 the second one and so on: so each drum stands where
    its key of General MIDI finds it, with silent ones between. Behind them
    follow the single sounds, and drums on keys below, which it would not play.
    """
    drums = {drum.slot.key: drum for drum in kit.drums}
    keys = range(FIRST_KEY, max(drums, default=0) + 1)
    placed = [drums.pop(key, None) or _empty(key) for key in keys]
    return [*placed, *drums.values(), *kit.singles]


def _empty(key: int) -> Instrument:
    """Returns an instrument without sounds."""
    return Instrument(Slot(f"(key {key})", "", key), ())


def _instrument(number: int, instrument: Instrument) -> ET.Element:
    """Returns an instrument, whose layers take turns."""
    slot = instrument.slot
    element = ET.Element("instrument")
    _fill(
        element,
        id=number,
        name=slot.name,
        volume=1,
        isMuted="false",
        isSoloed="false",
        pan=0,
        pitchOffset=0,
        randomPitchFactor=0,
        gain=1,
        applyVelocity="true",
        filterActive="false",
        filterCutoff=1,
        filterResonance=0,
        Attack=0,
        Decay=0,
        Sustain=1,
        Release=1000,
        muteGroup=slot.choke or -1,
        midiOutChannel=-1,
        midiOutNote=slot.key,
        isStopNote="false",
        sampleSelectionAlgo="ROUND_ROBIN",
        isHihat=-1,
        lower_cc=0,
        higher_cc=127,
    )
    component = ET.SubElement(element, "instrumentComponent")
    _fill(component, component_id=0, gain=1)
    for file in instrument.files[:MAX_LAYERS]:
        layer = ET.SubElement(component, "layer")
        _fill(layer, filename=file, min=0, max=1, gain=1, pitch=0)
    return element


def _fill(parent: ET.Element, **values: object) -> None:
    """Adds an element with a text for each value, in their order."""
    for name, value in values.items():
        ET.SubElement(parent, name).text = str(value)


def archive(name: str, files: Mapping[str, bytes]) -> bytes:
    """Returns an .h2drumkit: the same bytes for the same files.

    Args:
      name: name of the kit, and of the folder in the archive.
      files: content of each file.
    """
    buffer = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", fileobj=buffer, mtime=0) as packed,
        tarfile.open(
            fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT
        ) as tar,
    ):
        folder = tarfile.TarInfo(name)
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(folder)
        for file, data in sorted(files.items()):
            entry = tarfile.TarInfo(f"{name}/{file}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()
