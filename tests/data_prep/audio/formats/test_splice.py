"""A file put together reads as if it were one."""

import io
import os

import pytest

from data_prep.audio.formats.splice import Splice

OTHER = bytes(range(100))
PARTS = [b"abc", range(10, 20), b"", range(5, 5), range(90, 200), b"xyz"]


def test_parts_come_one_after_the_other():
    splice = Splice(io.BytesIO(OTHER), PARTS[:4])
    assert len(splice) == 13
    assert splice.read() == b"abc" + OTHER[10:20]
    assert splice.read(1) == b""


@pytest.mark.parametrize("size", [1, 2, 7, 50])
def test_any_step_reads_the_same(size):
    whole = b"abc" + OTHER[10:20] + b"xyz"
    parts = [b"abc", range(10, 20), b"xyz"]
    with Splice(io.BytesIO(OTHER), parts) as splice:
        steps = [splice.read(size) for _ in range(20)]
        assert b"".join(steps) == whole
        for start in range(len(whole)):
            assert splice.seek(start) == splice.tell() == start
            assert splice.read(size) == whole[start : start + size]
        assert splice.seek(-2, os.SEEK_END) == len(whole) - 2
        assert splice.seek(-1, os.SEEK_CUR) == len(whole) - 3
        assert splice.read() == b"xyz"


def test_a_file_that_became_shorter_ends():
    splice = Splice(io.BytesIO(OTHER), PARTS)
    assert splice.read() == b"abc" + OTHER[10:20] + OTHER[90:]


def test_the_other_file_is_closed_with_it():
    other = io.BytesIO(OTHER)
    Splice(other, PARTS).close()
    assert other.closed
