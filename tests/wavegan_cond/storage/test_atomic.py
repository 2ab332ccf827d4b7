"""Files and folders appear whole, and what cannot be written is named."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wavegan_cond.storage import atomic
from wavegan_cond.storage.atomic import (
    FolderError,
    WriteError,
    check_new,
    new_folder,
    replace_folder,
)


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


def test_absent_and_empty_folders_are_new(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_new("a/b") == tmp_path / "a" / "b"
    (tmp_path / "empty").mkdir()
    assert check_new("empty/") == tmp_path / "empty"


def test_anything_else_is_not(tmp_path):
    (tmp_path / "file").write_text("")
    for taken in (tmp_path, tmp_path / "file"):
        with pytest.raises(FolderError, match="not empty") as error:
            check_new(taken)
        assert error.value.exit_code == 2


def fill(folder):
    with new_folder(folder) as partial:
        (partial / "inner").mkdir()
        (partial / "inner" / "file").write_text("all")
        assert not (folder / "inner").exists()


def test_a_new_folder_appears_whole(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for name in ("a/b", "empty", "link"):
        fill(tmp_path / name)
        assert (tmp_path / name / "inner" / "file").read_text() == "all"
    assert (tmp_path / "link").is_symlink()
    assert {path.name for path in tmp_path.iterdir()} == {
        *("a", "empty", "link", "target")
    }


def test_all_of_it_is_on_the_disk_before_it_appears(tmp_path, monkeypatch):
    synced = []

    def sync(path):
        path = os.path.normpath(path)
        synced.append((os.path.basename(path), (tmp_path / "new").exists()))

    monkeypatch.setattr(atomic, "sync", sync)
    fill(tmp_path / "new")
    partial = f".new.partial-{os.getpid()}"
    assert sorted(synced[:-1]) == [
        (partial, False),
        ("file", False),
        ("inner", False),
    ]
    assert synced[-1] == (tmp_path.name, True)


@pytest.mark.parametrize(
    ("raised", "seen"),
    [(OSError(28, "full"), WriteError), (KeyError, KeyError)],
)
def test_what_goes_wrong_leaves_nothing(tmp_path, raised, seen):
    with (
        pytest.raises(seen) as error,
        new_folder(tmp_path / "new") as partial,
    ):
        (partial / "half").write_text("")
        raise raised
    assert not list(tmp_path.iterdir())
    if seen is WriteError:
        assert str(error.value) == f"cannot write {tmp_path / 'new'}: full"


def test_what_a_killed_process_left_is_removed(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    running, own = os.getppid(), os.getpid()
    for process in (ended.pid, running, own, 10**30):
        (tmp_path / f".new.partial-{process}" / "inner").mkdir(parents=True)
    others = {f".new.partial-{running}", ".other.partial-1", ".new.partial-x"}
    for name in others:
        (tmp_path / name).mkdir(exist_ok=True)
    fill(tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {"new", *others}


def test_a_replacement_that_fails_at_the_end_puts_the_old_one_back(
    tmp_path, monkeypatch
):
    fill(tmp_path / "store")
    rename = Path.rename

    def fail(path, target):
        if ".partial-" in path.name:
            raise OSError(errno.EIO, "bad disk")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="bad disk"):
        with replace_folder(tmp_path / "store") as partial:
            (partial / "file").write_text("new")
    assert (tmp_path / "store" / "inner" / "file").read_text() == "all"
    assert [path.name for path in tmp_path.iterdir()] == ["store"]
