"""Sealed folders: every changed bit shows, wherever it is."""

import pytest

from wavegan_cond.storage import checksums
from wavegan_cond.storage.checksums import SealError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "weights").write_bytes(bytes(range(40)))
    (tmp_path / "inner" / "graph").write_bytes(b"graph")
    checksums.seal(tmp_path, iteration=3, score=None)
    return tmp_path


def test_what_was_sealed_is_accepted_with_its_facts(folder):
    facts = checksums.check(folder)
    assert facts["iteration"] == 3 and facts["score"] is None
    assert set(facts["sha256"]) == {"weights", "inner/graph"}


def test_every_single_bit_of_every_file_counts(folder):
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        content = path.read_bytes()
        for bit in range(8 * len(content)):
            changed = bytearray(content)
            changed[bit // 8] ^= 1 << bit % 8
            path.write_bytes(changed)
            with pytest.raises(SealError):
                checksums.check(folder)
        for length in range(len(content)):
            path.write_bytes(content[:length])
            with pytest.raises(SealError):
                checksums.check(folder)
        path.write_bytes(content)
    checksums.check(folder)


def test_a_missing_or_an_added_file_is_named(folder):
    (folder / "more").write_bytes(b"")
    with pytest.raises(SealError, match="more is not in the manifest"):
        checksums.check(folder)
    (folder / "more").unlink()
    (folder / "weights").unlink()
    with pytest.raises(SealError, match=r"weights cannot be read"):
        checksums.check(folder)
    (folder / "manifest.json").unlink()
    with pytest.raises(SealError, match=r"manifest\.json is missing"):
        checksums.check(folder)


def test_a_manifest_cannot_point_out_of_its_folder(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret"
    elsewhere.write_bytes(b"secret")
    (folder / "link").symlink_to(elsewhere)
    checksums.seal(folder)
    with pytest.raises(SealError, match="names link, outside"):
        checksums.check(folder)


def test_sha256_is_that_of_the_content(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert checksums.file_sha256(path).startswith(
        "ba7816bf8f01cfea414140de5dae2223"
    )
