from data_prep.store import manifest
from data_prep.store.manifest import Entry


def test_what_is_written_is_read(tmp_path):
    entries = [
        Entry('a/"b", c\n.wav', "kept", label="kick", split="train", row=3),
        Entry("d.wav", reason="silent", rate=44100, notes="first; second"),
    ]
    path = tmp_path / "manifest.csv"
    path.write_text("".join(manifest.lines(entries)), "utf-8", newline="")
    first, second = manifest.read(path)
    assert (first.path, first.label, first.row) == (
        entries[0].path,
        "kick",
        "3",
    )
    assert (second.reason, second.rate) == ("silent", "44100")
    assert second.notes == "first; second"


def test_the_header_names_every_column():
    assert next(manifest.lines([])).strip().split(",") == manifest.COLUMNS
    assert manifest.COLUMNS == list(Entry.__slots__)


def test_names_that_are_no_unicode_are_escaped():
    text = "".join(manifest.lines([Entry("\udcff.wav")]))
    assert "\\udcff.wav" in text
    text.encode()


def test_every_reason_is_explained():
    assert all(name and meaning for name, meaning in manifest.REASONS.items())
