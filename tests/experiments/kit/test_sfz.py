"""The SFZ file."""

import re
import shutil
import subprocess

import pytest

from experiments.kit import sfz


def read(text):
    """Reads an SFZ file: each region with what its group says."""
    text = re.sub(r"//.*", "", text)
    regions, group = [], {}
    for header, body in re.findall(r"<(\w+)>([^<]*)", text):
        opcodes = dict(re.findall(r"(\w+)=(\S+)", body))
        if header == "group":
            group = opcodes
        elif header == "region":
            regions.append(group | opcodes)
    return regions


def test_each_region_says_file_key_and_turn(kit):
    regions = read(sfz.text(kit))
    assert [
        (int(r["key"]), r["sample"], int(r.get("seq_position", 1)))
        for r in regions
    ] == [
        (instrument.slot.key, file, turn)
        for instrument in kit.instruments
        for turn, file in enumerate(instrument.files, 1)
    ]
    for region in regions:
        count = sum(r["key"] == region["key"] for r in regions)
        assert int(region.get("seq_length", 1)) == count


def test_hats_and_nothing_else_cut_each_other_off(kit):
    for region in read(sfz.text(kit)):
        is_hat = "hat" in region["sample"]
        assert (region.get("group") == "1") == is_hat
        assert region.get("off_by") == region.get("group")


@pytest.mark.skipif(not shutil.which("sfzlint"), reason="sfzlint is missing")
def test_sfzlint_finds_nothing(kit, tmp_path, sound_file, hit):
    for file in {f for i in kit.instruments for f in i.files}:
        sound_file(file, hit(0))
    path = tmp_path / "kit.sfz"
    path.write_text(sfz.text(kit))
    done = subprocess.run(
        ["sfzlint", "--no-pickle", path], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    path.write_text(sfz.text(kit).replace("kick_01", "absent"))
    done = subprocess.run(
        ["sfzlint", "--no-pickle", path], capture_output=True, text=True
    )
    assert "absent" in done.stdout
