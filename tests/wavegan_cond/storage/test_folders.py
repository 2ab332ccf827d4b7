"""Folders a user names."""

import os
import subprocess
import sys

import pytest

from wavegan_cond.storage import folders
from wavegan_cond.storage.files import WriteError
from wavegan_cond.storage.folders import FolderError, check_new, new_folder


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

    monkeypatch.setattr(folders, "sync", sync)
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
