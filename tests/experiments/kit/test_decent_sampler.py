"""DecentSampler's preset."""

import xml.etree.ElementTree as ET

from experiments.kit import decent_sampler


def test_groups_and_zones_are_those_of_the_kit(kit):
    root = ET.fromstring(decent_sampler.text(kit).encode())
    assert root.tag == "DecentSampler"
    (groups,) = root
    assert groups.tag == "groups"
    for instrument, group in zip(kit.instruments, groups, strict=True):
        zones = [zone.attrib for zone in group]
        assert tuple(zone["path"] for zone in zones) == instrument.files
        for place, zone in enumerate(zones, 1):
            keys = {zone[k] for k in ("rootNote", "loNote", "hiNote")}
            assert keys == {str(instrument.slot.key)}
            assert int(zone.get("seqPosition", 1)) == place
        count = len(zones)
        mode = "round_robin" if count > 1 else None
        assert group.get("seqMode") == mode
        assert int(group.get("seqLength", 1)) == count


def test_a_hat_is_silenced_by_hats(kit):
    root = ET.fromstring(decent_sampler.text(kit))
    for group in root.iter("group"):
        is_hat = "hat" in group.get("name")
        assert (group.get("silencedByTags") is not None) == is_hat
        assert group.get("silencedByTags") == group.get("tags")
