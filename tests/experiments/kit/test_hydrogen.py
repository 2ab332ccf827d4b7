"""Hydrogen's drumkit."""

import io
import os
import shutil
import subprocess
import tarfile
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from experiments.kit import hydrogen, make
from experiments.kit.instruments import assign, lay_out
from experiments.kit.keys import SLOTS

H2 = {"h2": hydrogen.NAMESPACE}


@pytest.fixture
def files(kit, sound_file, hit):
    """The files in the archive of a kit."""
    sounds = {f for i in kit.instruments for f in i.files}
    content = {f: sound_file(f, hit(1)).read_bytes() for f in sounds}
    xml = hydrogen.document(kit, "key < & >\n42", "see LICENSE.txt")
    return {**content, "drumkit.xml": xml.encode()}


def h2cli(folder, *arguments):
    """Runs Hydrogen's command; elsewhere than where the sounds are."""
    (folder / "home").mkdir(exist_ok=True)
    (folder / "elsewhere").mkdir(exist_ok=True)
    return subprocess.run(
        ["h2cli", *map(str, arguments)],
        cwd=folder / "elsewhere",
        env={
            **os.environ,
            "HOME": str(folder / "home"),
            "QT_QPA_PLATFORM": "offscreen",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )


def read(xml):
    """Reads drumkit.xml: of each instrument its texts and its files."""
    return [
        (
            {e.tag.partition("}")[2]: e.text for e in element},
            tuple(e.text for e in element.findall(".//h2:filename", H2)),
        )
        for element in ET.fromstring(xml).findall(".//h2:instrument", H2)
    ]


def test_the_head_is_that_of_the_kit(files):
    root = ET.fromstring(files["drumkit.xml"])
    assert root.findtext("h2:name", namespaces=H2) == "test-kit"
    assert root.findtext("h2:info", namespaces=H2) == "key < & >\n42"


def test_instruments_are_those_of_the_kit(kit, files):
    by_key = {instrument.slot.key: instrument for instrument in kit.instruments}
    found = read(files["drumkit.xml"])
    assert len({text["name"] for text, _ in found}) == len(found)
    for number, (text, names) in enumerate(found):
        assert text["id"] == str(number)
        instrument = by_key.pop(int(text["midiOutNote"]), None)
        assert names == (instrument.files if instrument else ())
        if instrument:
            assert text["name"] == instrument.slot.name
            assert text["muteGroup"] == str(instrument.slot.choke or -1)
    assert not by_key
    assert {n for _, names in found for n in names} <= set(files)


def test_a_key_plays_its_drum_whatever_hydrogen_goes_by():
    """By its place in the list, key 36 the first, or by its output note."""
    classes = "kick", "snare", "cymbal", "bd"
    sounds = {name: [2 * i, 2 * i + 1] for i, name in enumerate(classes)}
    drums = assign(sounds, np.arange(8.0), np.arange(8.0))
    kit = lay_out("kit", make.name_files(drums))
    assert kit.drums[0].slot.key == 35
    found = read(hydrogen.document(kit, "", ""))
    for instrument in kit.instruments:
        key, files = instrument.slot.key, instrument.files
        of_note = [f for text, f in found if text["midiOutNote"] == str(key)]
        assert of_note == [files]
        if key >= 36 and instrument in kit.drums:
            assert found[key - 36][1] == files
    # Nothing silent behind the drums.
    assert all(f for _, f in found[max(d.slot.key for d in kit.drums) - 35 :])


def test_no_more_layers_than_hydrogen_has():
    kit = lay_out("many", [(SLOTS["bd"], [f"{i}.wav" for i in range(20)])])
    root = ET.fromstring(hydrogen.document(kit, "", ""))
    first = root.find(".//h2:instrument", H2)
    assert len(first.findall(".//h2:layer", H2)) == 16


def test_the_archive_holds_one_folder_of_the_kits_name(files):
    data = hydrogen.archive("test-kit", files)
    assert data == hydrogen.archive("test-kit", dict(reversed(files.items())))
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
        members = {m.name: m for m in tar}
        assert set(members) == {"test-kit", *(f"test-kit/{f}" for f in files)}
        for name, content in files.items():
            assert tar.extractfile(f"test-kit/{name}").read() == content
        assert all(m.mtime == 0 and m.uid == 0 for m in members.values())


@pytest.mark.skipif(not shutil.which("h2cli"), reason="h2cli is missing")
def test_hydrogen_takes_and_installs_it(files, tmp_path):
    path = tmp_path / "test-kit.h2drumkit"
    path.write_bytes(hydrogen.archive("test-kit", files))
    done = h2cli(tmp_path, "--check", path)
    assert done.returncode == 0 and "is valid" in done.stdout, done
    done = h2cli(tmp_path, "--install", path)
    assert done.returncode == 0, done
    place = tmp_path / "home/.hydrogen/data/drumkits/test-kit"
    assert {p.name for p in place.iterdir()} == set(files)


@pytest.mark.skipif(not shutil.which("h2cli"), reason="h2cli is missing")
def test_hydrogen_would_tell_a_wrong_one(files, tmp_path):
    xml = files["drumkit.xml"].replace(b"midiOutNote", b"midiNote")
    path = tmp_path / "test-kit.h2drumkit"
    data = hydrogen.archive("test-kit", {**files, "drumkit.xml": xml})
    path.write_bytes(data)
    assert "is valid" not in h2cli(tmp_path, "--check", path).stdout
