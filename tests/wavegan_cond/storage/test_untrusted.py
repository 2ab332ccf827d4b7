"""Files that others may have written."""

import json
import os

import pytest

from wavegan_cond.storage import untrusted
from wavegan_cond.storage.untrusted import (
    check_regular,
    one_line,
    open_regular,
    read_bytes,
    read_json,
    read_text,
)


def test_a_file_is_read_up_to_a_limit(tmp_path):
    (tmp_path / "file").write_bytes(b"12345")
    assert read_bytes(tmp_path / "file", 5) == b"12345"
    with open(tmp_path / "sparse", "wb") as file:
        file.truncate(1 << 40)
    for name in ("file", "sparse"):
        with pytest.raises(ValueError, match="more than 4 bytes"):
            read_bytes(tmp_path / name, 4)
    with pytest.raises(ValueError, match="more than 4 bytes"):
        read_bytes("/proc/self/status", 4)  # its size is said to be 0


def test_json_is_read_as_json_does(tmp_path):
    content = {"a": [1, 2.5, None, "ü"]}
    (tmp_path / "file").write_text(json.dumps(content), encoding="utf-8")
    assert read_json(tmp_path / "file", 1000) == content


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"[" * 10**6, b'{"a":' * 10**5, b"1" * 10**5]
)
def test_json_that_is_none(tmp_path, data):
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(ValueError):
        read_json(tmp_path / "file", 1 << 20)


def test_an_error_becomes_one_line():
    assert one_line(ValueError("a\n  b")) == "a b"
    assert len(one_line(ValueError("x" * 999))) == 200
    assert one_line("\x1b[2J\0") == "?[2J?"


def test_a_file_is_read_unless_it_is_large(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(bytes(10))
    assert check_regular(path) == check_regular(path, 10) == path
    with pytest.raises(OSError, match="larger than 9 bytes"):
        check_regular(path, 9)


def test_pipes_devices_and_folders_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "device", "folder"):
        with pytest.raises(OSError, match="no regular file"):
            check_regular(tmp_path / name)
        with pytest.raises(OSError, match="no regular file"):
            read_bytes(tmp_path / name, 1 << 20)
    with pytest.raises(FileNotFoundError):
        check_regular(tmp_path / "absent")


def test_what_becomes_a_pipe_is_not_waited_for(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(untrusted, "check_regular", lambda path, most: path)
    with pytest.raises(OSError, match="no regular file"):
        open_regular(tmp_path / "pipe")


def test_text_is_utf_8(tmp_path):
    (tmp_path / "file").write_bytes("ü".encode())
    assert read_text(tmp_path / "file", 2) == "ü"
    (tmp_path / "file").write_bytes(b"\xff")
    with pytest.raises(ValueError):
        read_text(tmp_path / "file", 2)
