"""Opens FLAC that libsndfile does not: open, in Ogg, or up to its damage."""

import dataclasses
import functools
import os

from data_prep.audio.formats import flac, mpeg, ogg
from data_prep.audio.formats.splice import Splice
from data_prep.audio.opened import Opened, open_parts
from data_prep.audio.truncation import missing_bytes

MAX_COUNTED = 1 << 27  # bytes of a file whose frames are counted


def open_flac(path: str | os.PathLike) -> Opened | None:
    """Opens FLAC that is in Ogg, or that leaves its length open."""
    data, in_ogg = _read_flac(path)
    if data[:4] != b"fLaC":
        return None
    missing = missing_bytes(path) if in_ogg else 0
    if flac.is_open(data):
        total, cut = flac.count(data)
        data = flac.with_total(data, total)
        missing = missing or int(cut)
    opened = open_parts(path, [data], missing=missing)
    return opened and with_mending(opened, path)


def with_mending(opened: Opened, path: str | os.PathLike) -> Opened:
    """Returns FLAC of which, once damage is met, what is before it opens."""
    before = functools.partial(_open_before_damage, path)
    return dataclasses.replace(opened, before_damage=before)


def _open_before_damage(path: str | os.PathLike, frames: int) -> Opened | None:
    """Opens the frames of FLAC in front of the first that is not whole."""
    data, _ = _read_flac(path)
    total, end = flac.undamaged(data, frames)
    whole = flac.with_total(data[:end], total)
    return open_parts(path, [whole], missing=1) if total else None


def _read_flac(path: str | os.PathLike) -> tuple[bytes, bool]:
    """Returns a FLAC file without tags in front, and whether it is in Ogg."""
    with open(path, "rb") as file:
        if parts := ogg.take_out_flac(file):
            return Splice(file, parts).read(MAX_COUNTED), True
        file.seek(0)
        data = file.read(MAX_COUNTED)
    return data[mpeg.skip_tags(data) :], False
