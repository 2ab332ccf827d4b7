"""Checkpoint files that would end or fill the process are refused as data."""

import struct

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import tensor_bundle_pb2

from wavegan_cond.training import bundle_check
from wavegan_cond.training.bundle_check import BundleError, check_bundle

NAME = b"variables/kernel/.ATTRIBUTES/VARIABLE_VALUE"


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def block(entries):
    out = b""
    for key, value in entries:
        out += varint(0) + varint(len(key)) + varint(len(value)) + key + value
    return out + struct.pack("<II", 0, 1)


def table(entries):
    """The simplest table of these entries; its checksums are not right."""
    data = block(entries)
    handle = varint(0) + varint(len(data))
    index = block([(b"\xff", handle)])
    start = len(data) + bundle_check.TRAILER
    body = data + bytes(5) + index + bytes(5)
    footer = varint(0) + varint(0) + varint(start) + varint(len(index))
    return (
        body + footer.ljust(40, b"\0") + struct.pack("<Q", bundle_check.MAGIC)
    )


@pytest.fixture
def prefix(tmp_path):
    values = {
        "kernel": tf.Variable(np.zeros((3, 5), "f4")),
        "iteration": tf.Variable(7, dtype="int64"),
        **{f"w{n}": tf.Variable(np.full(n, n, "f4")) for n in range(300)},
    }
    tf.train.Checkpoint(variables=values).write(str(tmp_path / "variables"))
    return tmp_path / "variables"


def change(prefix, alter):
    """Alters the entry of the kernel and writes the table anew."""
    index = prefix.with_name("variables.index")
    entries = dict(bundle_check.table_entries(index.read_bytes()))
    entry = tensor_bundle_pb2.BundleEntryProto()
    entry.ParseFromString(entries[NAME])
    alter(entry)
    entries[NAME] = entry.SerializeToString()
    index.write_bytes(table(sorted(entries.items())))


def test_what_tensorflow_wrote_passes_and_every_name_is_found(prefix):
    check_bundle(prefix)
    index = prefix.with_name("variables.index").read_bytes()
    names = {key.decode() for key, _ in bundle_check.table_entries(index)}
    assert names - {""} == {n for n, _ in tf.train.list_variables(str(prefix))}
    change(prefix, lambda entry: None)  # the table of these tests is one
    check_bundle(prefix)


def set_shape(*sizes):
    def alter(entry):
        del entry.shape.dim[:]
        for size in sizes:
            entry.shape.dim.add().size = size

    return alter


@pytest.mark.parametrize(
    "alter",
    [
        set_shape(-1, 5),
        set_shape(-3, -5),
        set_shape(1 << 40, 1 << 40),
        set_shape((1 << 63) - 1),
        set_shape(*[1] * 300),
        set_shape(3, 6),
        set_shape(),
        lambda entry: setattr(entry.shape, "unknown_rank", True),
        lambda entry: setattr(entry, "dtype", 7),
        lambda entry: setattr(entry, "dtype", 21),
        lambda entry: setattr(entry, "offset", -4),
        lambda entry: setattr(entry, "offset", 1 << 50),
        lambda entry: setattr(entry, "size", 1 << 62),
        lambda entry: setattr(entry, "size", -60),
        lambda entry: setattr(entry, "shard_id", 1),
        lambda entry: entry.slices.add(),
    ],
)
def test_a_tensor_that_is_not_there_is_refused(prefix, alter):
    change(prefix, alter)
    with pytest.raises(BundleError, match=r"variables\.index: "):
        check_bundle(prefix)


def test_a_damaged_index_is_refused_or_read(prefix):
    """No byte of it leads anywhere but to an answer."""
    index = prefix.with_name("variables.index")
    whole, random = index.read_bytes(), np.random.default_rng(0)
    for _ in range(300):
        data = bytearray(whole)
        data[random.integers(len(data))] = random.integers(256)
        index.write_bytes(data[: random.integers(len(data) + 1)] or b"x")
        try:
            check_bundle(prefix)
        except BundleError:
            pass
    index.unlink()
    with pytest.raises(BundleError):
        check_bundle(prefix)
