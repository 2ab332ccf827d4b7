"""Drumlabooh's list of instruments."""

import re

from experiments.kit import drumlabooh
from experiments.kit.instruments import lay_out
from experiments.kit.keys import SLOTS

LINE = re.compile(r"\[(\d+)\](>?)([a-z0-9 -]+)=([^=]+)")


def read(text):
    """Reads drumkit.txt: (note, whether sounds take turns, name, files)."""
    return [
        (int(note), bool(turns), name, tuple(files.split(",")))
        for note, turns, name, files in (
            LINE.fullmatch(line).groups() for line in text.splitlines()
        )
    ]


def test_each_line_is_an_instrument(kit):
    assert read(drumlabooh.text(kit)) == [
        (i.slot.key, len(i.files) > 1, i.slot.name, i.files)
        for i in kit.instruments
    ]


def test_no_more_instruments_than_are_loaded():
    files = [f"kick_{i:02}.wav" for i in range(50)]
    kit = lay_out("many", [(SLOTS["bd"], files)])
    lines = read(drumlabooh.text(kit))
    assert len(lines) == 36
    assert lines[0][3] == tuple(files)
