"""Locks of folders touch no file that is not theirs."""

import os

import pytest

from wavegan_cond.storage import lock


def text(path):
    path.write_text("a person's notes")


def link(path):
    (path.parent / "notes").write_text("1")
    path.symlink_to("notes")


@pytest.mark.parametrize("make", [text, link, os.mkfifo, os.mkdir])
def test_what_is_no_lock_stays_as_it_is(tmp_path, make):
    path = tmp_path / "lock"
    make(path)
    before = os.lstat(path)
    with pytest.raises(OSError), lock.acquire(tmp_path, "lock"):
        pass
    after = os.lstat(path)
    assert (after.st_ino, after.st_size) == (before.st_ino, before.st_size)
    if make is link:
        assert path.read_text() == "1"


@pytest.mark.parametrize("left", [b"", b"4194304"])
def test_a_killed_process_left_its_file(tmp_path, left):
    (tmp_path / "lock").write_bytes(left)
    with lock.acquire(tmp_path, "lock"):
        assert int((tmp_path / "lock").read_text()) == os.getpid()
        with pytest.raises(lock.LockedError, match=str(os.getpid())):
            with lock.acquire(tmp_path, "lock"):
                pass
    assert (tmp_path / "lock").read_bytes() == b""
