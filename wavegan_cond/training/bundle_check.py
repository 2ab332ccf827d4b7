"""Check of TensorFlow's checkpoint files before TensorFlow reads them.

TensorFlow takes shapes, sizes and places in ``variables.index`` on trust: a
negative or an overflowing shape ends the process, a length that is not there
asks for its memory. The file is a LevelDB table, written without compression:
blocks of entries (key, BundleEntryProto), a block that says where they are, and
a footer. It is read here as data, and every tensor must lie, whole, in the one
file of values.
"""

import math
import pathlib
import struct
from collections.abc import Iterator

from wavegan_cond.storage.untrusted import open_regular, read_bytes

MAX_BYTES = 1 << 24  # of the index; the paper's model has 10 kB
MAX_RANK = 8
MAGIC = 0xDB4775248B80FB57
FOOTER, TRAILER = 48, 5  # bytes
STRING = 7  # in TensorFlow's numbering of types
# Bytes of a number: float, double, int32, int16, int64, bool, bfloat16, half,
# uint32.
SIZES = {1: 4, 2: 8, 3: 4, 5: 2, 9: 8, 10: 1, 14: 2, 19: 2, 22: 4}


class BundleError(ValueError):
    """Checkpoint files that TensorFlow must not be given."""


def check_bundle(prefix: pathlib.Path) -> None:
    """Raises BundleError unless the files of a checkpoint hold what they say.

    Args:
      prefix: path of the files without ``.index`` and ``.data-...``.

    Raises:
      BundleError: see above; a file is missing too.
    """
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import tensor_bundle_pb2

    index = prefix.with_name(f"{prefix.name}.index")
    values = prefix.with_name(f"{prefix.name}.data-00000-of-00001")
    try:
        entries = list(table_entries(read_bytes(index, MAX_BYTES)))
        header = tensor_bundle_pb2.BundleHeaderProto()
        if not entries or entries[0][0]:
            raise BundleError("it has no header")
        header.ParseFromString(entries[0][1])
        if header.num_shards != 1 or header.endianness:
            raise BundleError("its values are not in one file")
        size = values.stat().st_size
        with open_regular(values) as file:
            for key, data in entries[1:]:
                entry = tensor_bundle_pb2.BundleEntryProto()
                entry.ParseFromString(data)
                _check_entry(key, entry, size, file)
    except (BundleError, DecodeError, OSError, ValueError) as error:
        raise BundleError(f"{index.name}: {error}") from error
    except (IndexError, struct.error) as error:
        raise BundleError(f"{index.name} is cut") from error


def _check_entry(key: bytes, entry, size: int, file) -> None:
    """Checks one tensor against the file of values, of ``size`` bytes."""
    name = key.decode(errors="replace")[:80]
    shape = [axis.size for axis in entry.shape.dim]
    if entry.shape.unknown_rank or len(shape) > MAX_RANK:
        raise BundleError(f"{name} has {len(shape)} dimensions")
    if min(shape, default=0) < 0 or entry.slices:
        raise BundleError(f"{name} has the shape {shape}")
    end = entry.offset + entry.size
    if entry.shard_id or not 0 <= entry.offset <= end <= size:
        raise BundleError(f"{name} lies outside the file of values")
    if entry.dtype == STRING and not shape:
        file.seek(entry.offset)
        length, place = _varint(file.read(min(entry.size, 10)), 0)
        # The length, a checksum of it, and the text.
        if place + 4 + length != entry.size:
            raise BundleError(f"{name} is not as long as it says")
    elif SIZES.get(entry.dtype, 0) * math.prod(shape) != entry.size:
        raise BundleError(f"{name} has the shape {shape} in {entry.size} bytes")
    elif entry.dtype not in SIZES:
        raise BundleError(f"{name} is no number")


def table_entries(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yields the keys and values of a LevelDB table.

    Raises:
      BundleError, IndexError, struct.error: it is none, or compressed.
    """
    footer = data[-FOOTER:]
    if len(footer) < FOOTER or struct.unpack("<Q", footer[-8:])[0] != MAGIC:
        raise BundleError("it is no index")
    _, place = _varint(footer, 0)
    _, place = _varint(footer, place)
    start, place = _varint(footer, place)
    size, _ = _varint(footer, place)
    before = None
    for _, handle in _block(data, start, size):
        start, place = _varint(handle, 0)
        size, _ = _varint(handle, place)
        for key, value in _block(data, start, size):
            if before is not None and key <= before:
                raise BundleError("its names are not in order")
            before = key
            yield key, value


def _block(data: bytes, start: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yields the entries of a block, each of which shares a part of its key."""
    end = start + size
    if end + TRAILER > len(data) - FOOTER or data[end] != 0:
        raise BundleError("a block lies outside it, or is compressed")
    block = data[start:end]
    (restarts,) = struct.unpack("<I", block[-4:])
    last = len(block) - 4 - 4 * restarts
    if last < 0:
        raise BundleError("a block is damaged")
    place, key = 0, b""
    while place < last:
        shared, place = _varint(block, place)
        more, place = _varint(block, place)
        length, place = _varint(block, place)
        middle = place + more
        if shared > len(key) or middle + length > last:
            raise BundleError("an entry is damaged")
        key = key[:shared] + block[place:middle]
        yield key, block[middle : middle + length]
        place = middle + length


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """Returns a number of seven bits a byte, and the place behind it."""
    value = 0
    for shift in range(0, 64, 7):
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
    raise BundleError("a number has no end")
