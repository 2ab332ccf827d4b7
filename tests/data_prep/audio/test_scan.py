import hashlib
import os

import pytest

from data_prep.audio.scan import (
    hash_if_read,
    is_second_link,
    scan,
    why_not_read,
)


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_files_come_sorted_folder_by_folder(tmp_path):
    names = ["a b/z.wav", "a/x.wav", "a/é/ü (1).WAV", "b.wav", "a/.hidden"]
    touch(tmp_path, *names)
    assert scan(tmp_path) == [
        "a/.hidden",
        "a/x.wav",
        "a/é/ü (1).WAV",
        "a b/z.wav",
        "b.wav",
    ]


def test_looping_links_end(tmp_path):
    touch(tmp_path, "a/x.wav", "b/y.wav")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "b" / "a").symlink_to(tmp_path / "a")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert scan(tmp_path) == ["a/up/", "a/x.wav", "b/a/", "b/y.wav", "gone"]
    seconds = [
        name for name in scan(tmp_path) if is_second_link(tmp_path / name)
    ]
    assert seconds == ["a/up/", "b/a/"]


def test_linked_folders_are_entered_once(tmp_path):
    touch(tmp_path, "elsewhere/x.wav")
    (tmp_path / "here").mkdir()
    for name in ("one", "two"):
        (tmp_path / "here" / name).symlink_to(tmp_path / "elsewhere")
    assert scan(tmp_path / "here") == ["one/x.wav", "two/"]


def test_a_folder_can_be_skipped(tmp_path):
    touch(tmp_path, "a/x.wav", "out/y.wav")
    assert scan(tmp_path, skip=[tmp_path / "out"]) == ["a/x.wav"]
    assert len(scan(tmp_path, skip=[tmp_path / "absent"])) == 2


def test_a_link_to_what_is_skipped_is_skipped_before_it_is_there(tmp_path):
    touch(tmp_path, "a/x.wav")
    (tmp_path / "link").symlink_to("out")
    for _ in range(2):
        assert scan(tmp_path, skip=[tmp_path / "out"]) == ["a/x.wav"]
        touch(tmp_path, "out/y.wav")


def test_names_that_are_no_unicode_are_found(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"\xff.wav")).touch()
    except OSError:
        pytest.skip("the file system wants Unicode")
    assert [os.fsencode(name) for name in scan(tmp_path)] == [b"\xff.wav"]


def test_what_never_ends_is_not_read(tmp_path):
    touch(tmp_path, "a.wav")
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "device.wav").symlink_to("/dev/zero")
    (tmp_path / "folder.wav").mkdir()
    with open(tmp_path / "large.wav", "wb") as file:
        file.truncate(1 << 40)  # takes no place on the disk
    whys = {
        "a.wav": "",
        "pipe.wav": "no regular file",
        "device.wav": "no regular file",
        "folder.wav": "a folder that could not be read",
        "large.wav": "larger than 2 GiB",
        "absent.wav": "No such file or directory",
    }
    for name, why in whys.items():
        assert why_not_read(tmp_path / name) == why
        digest = hash_if_read(tmp_path / name)
        assert digest == ("" if why else hashlib.sha256(b"").hexdigest())


def test_a_folder_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    touch(tmp_path, "a/x.wav", "b/y.wav", "b/c/z.wav")
    real = os.scandir

    def scandir(path):
        if os.fspath(path).endswith(("/b/c", "/a")):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert scan(tmp_path) == ["a/", "b/c/", "b/y.wav"]
    assert why_not_read(tmp_path / "a/") == "Permission denied"


def test_a_link_to_itself_is_a_file_that_cannot_be_read(tmp_path):
    touch(tmp_path, "a.wav")
    (tmp_path / "b.wav").symlink_to("b.wav")
    (tmp_path / "c.wav").symlink_to("d.wav")
    (tmp_path / "d.wav").symlink_to("c.wav")
    assert scan(tmp_path) == ["a.wav", "b.wav", "c.wav", "d.wav"]
    assert why_not_read(tmp_path / "b.wav")
