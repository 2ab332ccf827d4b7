"""Files appear whole, and what cannot be written is named."""

import errno
import os

import pytest

from wavegan_cond.storage import files
from wavegan_cond.storage.files import WriteError


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path, monkeypatch
):
    path = tmp_path / "state"
    files.write_text(path, "old")

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(WriteError, match=r"cannot write .*state: No space"):
        files.write_text(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["state"]


def test_writing_names_the_path_once_and_lets_other_errors_pass(tmp_path):
    inner, outer = tmp_path / "inner", tmp_path / "outer"
    with pytest.raises(WriteError) as caught:
        with files.writing(outer):
            with files.writing(inner):
                raise OSError(errno.EIO, "bad\ndisk")
    assert str(caught.value) == f"cannot write {inner}: bad disk"
    with pytest.raises(KeyError), files.writing(outer):
        raise KeyError("mine")


def test_tensorflow_errors_are_write_errors_too(tmp_path):
    tf = pytest.importorskip("tensorflow")
    with pytest.raises(WriteError, match="disk is full"), files.writing("x"):
        raise tf.errors.ResourceExhaustedError(None, None, "disk is full")


def test_sha256_is_that_of_the_content(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert files.sha256(path).startswith("ba7816bf8f01cfea414140de5dae2223")
