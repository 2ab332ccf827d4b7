"""What to do about an input without sounds follows from what is wrong."""

import pytest

from data_prep.kept_classes import HINTS, PrepareError, kept_classes
from data_prep.store import manifest
from data_prep.store.manifest import Entry
from data_prep.store.report import count


def complaint(entries, wanted=None):
    with pytest.raises(PrepareError) as caught:
        kept_classes(wanted, count(entries), entries)
    assert caught.value.exit_code == 2
    return str(caught.value)


def bad(reason, number=1, **more):
    return [
        Entry(f"{reason}{n}.wav", reason=reason, **more) for n in range(number)
    ]


def test_cut_files_are_to_be_copied_again():
    said = complaint([*bad("truncated", 60, label="kick"), *bad("no_label")])
    assert (
        "60 truncated, 1 no_label; truncated, such as truncated0.wav: " in said
    )
    assert said.index("copy or download") < said.index("--classes")


def test_an_archive_is_to_be_unpacked():
    for name in ("pack.zip", "Kicks.RAR", "a/b.7z"):
        said = complaint([Entry(name, reason="ignored"), *bad("ignored")])
        assert f"; unpack archives such as {name}" in said
        assert "--classes" not in said


def test_what_to_convert_is_named():
    said = complaint(bad("unsupported_format", 3, notes="AAC in MP4"))
    assert "such as unsupported_format0.wav (AAC in MP4): convert" in said


def test_files_without_a_label_are_to_be_labelled():
    assert "--classes" in complaint(bad("no_label"))
    said = complaint(bad("ambiguous_label", label_source="kick and hat"))
    assert "(kick and hat): label them with --labels" in said


def test_no_files_and_no_names_of_sounds():
    assert complaint([]) == "no usable sound: no files"
    said = complaint([Entry("read me.txt", reason="ignored")])
    assert said.endswith(".ogg), such as read me.txt")


def test_a_class_without_sounds_has_hints_of_its_own():
    kept = [Entry("a.wav", "kept", label="kick", split="train")]
    said = complaint([*kept, *bad("no_label", 9)], ("kick", "tom"))
    assert "of class tom" in said and "leave it out of --classes" in said
    cut = [*kept, *bad("truncated", 2, label="tom"), *bad("no_label", 9)]
    said = complaint(cut, ("kick", "tom"))
    assert "copy or download" in said and "no_label, such" not in said


def test_every_reason_has_a_hint_or_none_is_needed():
    without = {"ignored", "duplicate", "near_duplicate"}
    assert set(HINTS) | without == set(manifest.REASONS)
