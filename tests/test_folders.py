"""Folders a user names."""

import pytest

from wavegan_cond.folders import FolderError, check_new


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
