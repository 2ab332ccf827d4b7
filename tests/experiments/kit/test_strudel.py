"""Strudel's map of samples."""

import json

import pytest

from experiments.kit import strudel


def test_each_drum_is_a_bank_of_its_short_name(kit):
    banks = json.loads(strudel.text(kit, "http://localhost:5432/"))
    assert banks.pop("_base") == "http://localhost:5432/"
    assert banks == {d.slot.code: list(d.files) for d in kit.drums}


@pytest.mark.parametrize("end", ["", "/"])
def test_base_and_file_make_an_address(kit, end):
    banks = json.loads(strudel.text(kit, "https://example.org/kit" + end))
    address = banks["_base"] + banks["sd"][0]
    assert address == "https://example.org/kit/snare_01.wav"
