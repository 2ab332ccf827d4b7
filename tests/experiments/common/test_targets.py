"""Which sounds below a folder are looked for."""

from experiments.common import inversion_report, targets


def test_what_was_found_below_the_sounds_is_not_looked_for(tmp_path):
    found = tmp_path / "in" / "found"
    found.mkdir(parents=True)
    for path in (tmp_path / "in" / "a.wav", found / "a.wav", found / "b.wav"):
        path.write_bytes(b"RIFF")
    assert targets.list_sounds(tmp_path / "in", str(found)) == ["a.wav"]
    assert len(targets.list_sounds(tmp_path / "in", None)) == 3


def test_sounds_below_the_folder_of_what_is_found_are_looked_for(tmp_path):
    (tmp_path / "in").mkdir()
    names = ["a.wav", "b.wav"]
    for name in names:
        (tmp_path / "in" / name).write_bytes(b"RIFF")
    for place in (tmp_path, tmp_path / "in"):
        assert targets.list_sounds(tmp_path / "in", str(place)) == names
    # In the same folder, what was found for one is told from it.
    row = dict.fromkeys(inversion_report.ROW) | {"file": "a.wav"}
    inversion_report.write(tmp_path / "in", "x", {"a.wav": row})
    found = tmp_path / "in" / inversion_report.wav_name("a.wav")
    found.write_bytes(b"RIFF")
    assert found.name not in names
    place = str(tmp_path / "in")
    assert targets.list_sounds(tmp_path / "in", place) == names
    assert len(targets.list_sounds(tmp_path / "in", None)) == 3
