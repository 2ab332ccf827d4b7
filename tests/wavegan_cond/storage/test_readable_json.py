"""JSON that people read too."""

import json

import pytest

from wavegan_cond.storage.readable_json import to_text


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"a": [], "b": {}, "c": [[]]},
        {"path": "x [1  2]", "y [3,\n 4]": ['"[5,  6]"', "\\", "鼓"]},
        {"z": [0.1, -2, 3e-9], "seed": 7, "none": None, "yes": [True]},
        [{"a": [[1, 2], [3]]}, "b", 1],
    ],
)
def test_what_is_read_is_what_was_written(value):
    assert json.loads(to_text(value)) == value


def test_every_value_has_a_line_and_numbers_share_one():
    value = {"z": (1, -2.5, 3e-9), "names": ("a", "b"), "of": {"seed": 7}}
    assert to_text(value) == (
        "{\n"
        ' "z": [1, -2.5, 3e-09],\n'
        ' "names": [\n'
        '  "a",\n'
        '  "b"\n'
        " ],\n"
        ' "of": {\n'
        '  "seed": 7\n'
        " }\n"
        "}\n"
    )
