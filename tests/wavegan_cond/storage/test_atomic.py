"""Files appear whole, and what cannot be written is named."""

import errno
import os

import pytest

from tests.fixtures import syncs
from wavegan_cond.storage import atomic, temporary
from wavegan_cond.storage.atomic import WriteError


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path, monkeypatch
):
    path = tmp_path / "state"
    atomic.write_text(path, "old")

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(WriteError, match=r"cannot write .*state: No space"):
        atomic.write_text(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["state"]


def test_writing_names_the_path_once_and_lets_other_errors_pass(tmp_path):
    inner, outer = tmp_path / "inner", tmp_path / "outer"
    with pytest.raises(WriteError) as caught:
        with atomic.writing(outer):
            with atomic.writing(inner):
                raise OSError(errno.EIO, "bad\ndisk")
    assert str(caught.value) == f"cannot write {inner}: bad disk"
    with pytest.raises(KeyError), atomic.writing(outer):
        raise KeyError("mine")


def test_tensorflow_errors_are_write_errors_too(tmp_path):
    tf = pytest.importorskip("tensorflow")
    with pytest.raises(WriteError, match="disk is full"), atomic.writing("x"):
        raise tf.errors.ResourceExhaustedError(None, None, "disk is full")


def test_only_what_is_ours_and_not_held_is_swept(tmp_path):
    mine = (".precious.json.99999", ".a.partial-" + 32 * "0", ".x")
    for name in mine:
        (tmp_path / name).write_text("mine")
    (tmp_path / ".my.wav.777777").mkdir()
    left, held = (
        tmp_path / temporary.make_name("a.wav", temporary.PARTIAL)
        for _ in range(2)
    )
    left.write_bytes(b"half")
    held.write_bytes(b"half")
    folder = tmp_path / temporary.make_name("b.wav", temporary.PARTIAL)
    folder.mkdir()
    with temporary.hold(held):
        atomic.remove_leftover_files(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        *mine,
        *(".my.wav.777777", held.name, folder.name),
    }


def test_a_name_of_255_bytes_can_be_written(tmp_path):
    path = tmp_path / ("ü" * 125 + ".wav")
    atomic.write_bytes(path, b"all")
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_on_the_disk_before_it_has_its_name(
    tmp_path, monkeypatch, durable
):
    events = syncs.watch(monkeypatch)
    atomic.write_bytes(tmp_path / "file", b"all", durable)
    inode = (tmp_path / "file").stat().st_ino
    assert events == ([inode, "named"] if durable else ["named"])
