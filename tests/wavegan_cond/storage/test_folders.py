"""Folders appear whole, and what is not ours is never replaced."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.disks import bind, small_disk
from tests.fixtures.permissions import bound as limited
from wavegan_cond.storage import folders, temporary
from wavegan_cond.storage.atomic import FolderError, WriteError
from wavegan_cond.storage.folders import check_new, new_folder, replace_folder


def test_absent_and_empty_folders_are_new(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_new("a/b") == tmp_path / "a" / "b"
    (tmp_path / "empty").mkdir()
    assert check_new("empty/") == tmp_path / "empty"


def test_anything_else_is_not(tmp_path):
    (tmp_path / "file").write_text("")
    for taken, what in ((tmp_path, "not empty"), (tmp_path / "file", "no fol")):
        with pytest.raises(FolderError, match=what) as error:
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
    (partial, _), *others = sorted(synced[:-1])
    assert temporary.is_temporary(partial, temporary.PARTIAL, "new")
    assert others == [("file", False), ("inner", False)]
    assert synced[-1] == (tmp_path.name, True)


@pytest.mark.parametrize(
    ("raised", "seen"),
    [(OSError(28, "full"), WriteError), (KeyError, KeyError)],
)
def test_what_goes_wrong_leaves_nothing(tmp_path, raised, seen):
    with pytest.raises(seen) as error, new_folder(tmp_path / "new") as partial:
        (partial / "half").write_text("")
        raise raised
    assert not list(tmp_path.iterdir())
    if seen is WriteError:
        assert str(error.value) == f"cannot write {tmp_path / 'new'}: full"


def leave(folder, kind, name="new"):
    """Makes what a killed process left of a folder; returns its path."""
    left = folder / temporary.make_name(name, kind)
    (left / "inner").mkdir(parents=True)
    (left / "inner" / "file").write_text("all")
    return left


def test_what_a_killed_process_left_is_removed(tmp_path):
    leave(tmp_path, temporary.PARTIAL)
    held = leave(tmp_path, temporary.PARTIAL)
    other = leave(tmp_path, temporary.PARTIAL, "other")
    foreign = [".new.partial-1", ".new.partial-x"]
    for name in foreign:
        (tmp_path / name).mkdir()
    with temporary.hold(held):
        fill(tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {
        *("new", held.name, other.name),
        *foreign,
    }


def test_a_process_that_lives_holds_what_it_writes(tmp_path):
    code = (
        "import sys, time; from wavegan_cond.storage import folders\n"
        "with folders.new_folder(sys.argv[1]):\n"
        "    print('holds', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "new")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        folders.remove_leftovers(tmp_path / "new")
        assert len(list(tmp_path.iterdir())) == 1
        process.kill()
    folders.remove_leftovers(tmp_path / "new")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("there", [False, True])
def test_an_old_folder_that_was_set_aside_comes_back(tmp_path, there):
    leave(tmp_path, temporary.FORMER)
    if there:
        (tmp_path / "new").mkdir()
    folders.remove_leftovers(tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert (tmp_path / "new" / "inner" / "file").read_text() == "all"


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
        with replace_folder(tmp_path / "store", nothing) as partial:
            (partial / "file").write_text("new")
    assert (tmp_path / "store" / "inner" / "file").read_text() == "all"
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def nothing(folder):
    return ""


def test_what_is_foreign_is_never_replaced(tmp_path):
    fill(tmp_path / "store")

    def find(folder):
        assert folder.name.startswith(".store.former-")
        return "notes"

    with pytest.raises(FolderError, match="holds notes"):
        with replace_folder(tmp_path / "store", find) as partial:
            (partial / "file").write_text("new")
    assert (tmp_path / "store" / "inner" / "file").read_text() == "all"
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


@pytest.fixture
def mount(tmp_path):
    """A folder on which a disk is mounted, with what such a disk has."""
    with small_disk(tmp_path / "a mount", 1 << 20) as disk:
        (disk / "lost+found").mkdir()
        yield disk


@pytest.fixture
def bound(tmp_path):
    """A folder on which one of the same file system is mounted."""
    with bind(tmp_path / "there", tmp_path / "bound") as folder:
        yield folder


@pytest.mark.parametrize("kind", ["mount", "bound"])
def test_a_mount_is_written_within(request, tmp_path, kind):
    place = request.getfixturevalue(kind)
    assert folders.is_mount(place) and not folders.is_mount(tmp_path)
    own = sorted(os.listdir(place))
    leave(place, temporary.PARTIAL, place.name)
    with new_folder(place) as partial:
        (partial / "inner").mkdir()
        (partial / "file").write_text("old")
    assert sorted(os.listdir(place)) == sorted([*own, "file", "inner"])
    with pytest.raises(FolderError, match="not empty"):
        check_new(place)
    with pytest.raises(FolderError, match="holds notes"):
        with replace_folder(place, lambda folder: "notes") as partial:
            (partial / "file").write_text("new")
    assert (place / "file").read_text() == "old"
    with replace_folder(place, nothing) as partial:
        (partial / "file").write_text("new")
    assert (place / "file").read_text() == "new"
    assert sorted(os.listdir(place)) == sorted([*own, "file", "inner"])


def test_a_folder_whose_parent_may_not_be_written_is_written_within(tmp_path):
    (tmp_path / "parent" / "new").mkdir(parents=True)
    (tmp_path / "parent").chmod(0o555)
    code = (
        "import sys; from wavegan_cond.storage import folders\n"
        "with folders.new_folder(sys.argv[1]) as partial:\n"
        "    (partial / 'file').write_text('all')"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "parent" / "new")]
    subprocess.run(limited(command), check=True)
    (tmp_path / "parent").chmod(0o755)
    assert os.listdir(tmp_path / "parent" / "new") == ["file"]


def test_a_complete_folder_within_a_mount_is_moved_up_later(mount):
    (mount / "file").write_text("old")
    left = leave(mount, temporary.READY, mount.name)
    (left / "file").write_text("new")
    folders.remove_leftovers(mount)
    assert (mount / "file").read_text() == "new"
    assert sorted(os.listdir(mount)) == ["file", "inner", "lost+found"]
