"""What never ends is not read."""

import os

import pytest

from wavegan_cond.storage.regular import check_regular


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
    with pytest.raises(FileNotFoundError):
        check_regular(tmp_path / "absent")
