"""Sealed folders: every changed bit shows, wherever it is."""

import os

import pytest

from wavegan_cond.storage import checksums
from wavegan_cond.storage.checksums import ManifestError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "weights").write_bytes(bytes(range(40)))
    (tmp_path / "inner" / "graph").write_bytes(b"graph")
    checksums.write_manifest(tmp_path, iteration=3, score=None)
    return tmp_path


def test_a_verified_folder_returns_its_facts(folder):
    facts = checksums.verify(folder)
    assert facts["iteration"] == 3 and facts["score"] is None
    assert set(facts["sha256"]) == {"weights", "inner/graph"}


def test_a_bit_of_every_byte_of_every_file_counts(folder):
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        content = path.read_bytes()
        for place in range(len(content)):
            changed = bytearray(content)
            changed[place] ^= 1 << place % 8
            path.write_bytes(changed)
            with pytest.raises(ManifestError):
                checksums.verify(folder)
        for length in range(len(content)):
            path.write_bytes(content[:length])
            with pytest.raises(ManifestError):
                checksums.verify(folder)
        path.write_bytes(content)
    checksums.verify(folder)


@pytest.mark.parametrize(
    "name", [".DS_Store", "inner/.DS_Store", "._weights", "LICENSE"]
)
def test_what_lies_beside_the_files_is_no_damage(folder, name):
    """A file manager leaves it in every folder that is looked at."""
    (folder / name).write_bytes(b"beside")
    assert name not in checksums.verify(folder)["sha256"]
    checksums.write_manifest(folder)
    assert name not in checksums.verify(folder)["sha256"]


def test_a_licence_stands_in_the_folder_itself(folder):
    (folder / "inner" / "LICENSE").write_bytes(b"beside")
    with pytest.raises(ManifestError, match="inner/LICENSE is not in"):
        checksums.verify(folder)


def test_a_missing_or_an_added_file_is_named(folder):
    (folder / "more").write_bytes(b"")
    with pytest.raises(ManifestError, match="more is not in the manifest"):
        checksums.verify(folder)
    (folder / "more").unlink()
    (folder / "weights").unlink()
    with pytest.raises(ManifestError, match=r"weights cannot be read"):
        checksums.verify(folder)
    (folder / "manifest.json").unlink()
    with pytest.raises(ManifestError, match=r"manifest\.json cannot be read"):
        checksums.verify(folder)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../secret", "outside it"),
        ("/dev/zero", "outside it"),
        ("a\0b", "names no file"),
    ],
    ids=range(3),
)
def test_a_manifest_does_not_lead_out_of_its_folder(folder, name, said):
    content = checksums.read_manifest(folder)
    content["sha256"][name] = content["sha256"]["weights"]
    content["self"] = checksums.digest(content)
    (folder / "manifest.json").write_text(checksums.render(content))
    with pytest.raises(ManifestError, match=said):
        checksums.verify(folder)


def test_a_link_does_not_lead_out_of_its_folder(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret"
    elsewhere.write_bytes(b"secret")
    (folder / "link").symlink_to(elsewhere)
    checksums.write_manifest(folder)
    with pytest.raises(ManifestError, match="names link, outside"):
        checksums.verify(folder)


def test_sha256_is_that_of_the_content(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert checksums.file_sha256(path).startswith(
        "ba7816bf8f01cfea414140de5dae2223"
    )


def test_what_has_grown_without_bound_is_not_read(folder):
    os.truncate(folder / "weights", 1 << 40)
    with pytest.raises(ManifestError, match="weights has changed"):
        checksums.verify(folder)
    # As before manifests had sizes.
    content = checksums.read_manifest(folder)
    del content["bytes"]
    content["self"] = checksums.digest(content)
    (folder / "manifest.json").write_text(checksums.render(content))
    with pytest.raises(ManifestError, match="weights has changed"):
        checksums.verify(folder)


def test_pipes_are_not_waited_for(folder):
    for name in ("weights", "manifest.json"):
        (folder / name).unlink()
        os.mkfifo(folder / name)
        with pytest.raises(ManifestError):
            checksums.verify(folder)
    with pytest.raises(OSError, match="no regular file"):
        checksums.file_sha256(folder / "weights")
