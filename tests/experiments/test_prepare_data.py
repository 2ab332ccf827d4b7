import numpy as np
import pytest

from data_prep.store.report import table
from data_prep.store.store import SIDES, open_store
from experiments import prepare_data
from tests.fixtures.commands import end, refused

PLACES = "--input_dir=. --output_dir=o"


@pytest.fixture
def run(capsys):
    """Runs the script; returns (exit code, output, errors)."""

    def call(*argv):
        return end(prepare_data, *argv), *capsys.readouterr()

    return call


def test_the_script_prints_the_table(tmp_path, library, run):
    (library / "notes.txt").touch()
    code, out, _ = run(
        f"--input_dir={library}",
        f"--output_dir={tmp_path / 'store'}",
        "--workers=1",
        "--validation=0",
    )
    assert code == 0
    assert [line.split() for line in out.splitlines()[:3]] == [
        ["kick", "snare", "cymbal", "no", "class", "files"],
        ["train", "6", "6", "6", "0", "18"],
        ["ignored", "0", "0", "0", "1", "1"],
    ]
    assert "no validation sound" not in out


def test_the_summary_ends_with_what_to_know_before_a_training(
    tmp_path, library, run
):
    _, out, _ = run(
        f"--input_dir={library}",
        f"--output_dir={tmp_path / 'store'}",
        "--workers=1",
    )
    held_out, few, time = out.splitlines()[-3:]
    assert "evaluate wants 20 of each class" in held_out
    assert "so few train poorly" in few
    assert "very roughly" in time and "this machine" in time


def test_a_side_without_a_sound_is_missed_if_it_was_asked_for(
    tmp_path, library, run
):
    _, out, _ = run(
        f"--input_dir={library}",
        f"--output_dir={tmp_path / 'store'}",
        "--workers=1",
        "--validation=0.001",
    )
    assert "no validation sound of class kick" in out
    assert "no test sound" not in out


def test_the_home_folder_is_found(tmp_path, library, run, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "labels.csv").write_text("file,label\nkick/00.wav,tom\n")
    code, out, _ = run(
        "--input_dir=~/library",
        "--output_dir=~/store",
        "--labels=~/labels.csv",
        "--workers=1",
    )
    assert code == 0 and "tom" in out
    assert (tmp_path / "store" / "manifest.csv").is_file()


def test_labels_and_folders_come_from_flags(tmp_path, library, run):
    labels = tmp_path / "labels.csv"
    labels.write_text("file,label,kit\nkick/00.wav,snare,a\n")
    code, out, _ = run(
        f"--input_dir={library / 'kick'},{library}",
        f"--labels={labels}",
        f"--output_dir={tmp_path / 'store'}",
        "--fade_preset=authors",
        "--workers=1",
    )
    assert code == 0
    assert "duplicate" in out
    text = (tmp_path / "store" / "manifest.csv").read_text()
    assert "kick/00.wav,kept,,snare,labels CSV" in text


def write_kits(sound_file, kits=8):
    """Writes square waves of 2000 samples, the first 100 below -60 dB.

    Returns:
      The level of every sample, to a peak of 1.
    """
    level = np.where(np.arange(2000) < 100, 12 / 16384, 1.0)
    for number in range(3 * kits):
        name = ("kick", "snare", "tom")[number % 3]
        sign = np.where(np.arange(2000) // (20 + number) % 2, -1, 1)
        sound_file(f"kits/{number // 3}/{name}.wav", 0.5 * level * sign)
    return level


def faded(level, rise, fall):
    """The size of the samples of a row: the level between two ramps."""
    count = len(level)
    ramp = np.minimum(1, np.arange(count) / rise)
    ramp *= np.minimum(1, np.arange(count)[::-1] / fall)
    return np.rint(32767 * level * ramp)


def test_every_flag_reaches_the_store(tmp_path, sound_file, run):
    level = write_kits(sound_file)
    code, _, _ = run(
        f"--input_dir={tmp_path / 'kits'}",
        f"--output_dir={tmp_path / 'store'}",
        "--workers=1",
        "--classes=tom,kick",
        "--length=4096",
        "--fade_preset=authors",
        "--fade_in=7",
        "--fade_out=10%",
        "--notrim_leading_silence",
        "--validation=0.3",
        "--validation_by=folder",
        "--test=0.4",
        "--near_duplicates=ignore",
    )
    assert code == 0
    store = open_store(tmp_path / "store")
    settings = store.info["settings"]
    del settings["labels"], settings["rules"]
    assert settings == {
        "classes": ["tom", "kick"],
        "shape": {
            "length": 4096,
            "fade_in": "7",
            "fade_out": "10%",
            "trim_leading_silence": False,
        },
        "validation": 0.3,
        "validation_by": "folder",
        "test": 0.4,
        "near_duplicates": "ignore",
    }
    assert store.classes == ("tom", "kick")
    sides = {side: set() for side in SIDES}
    for entry in store.entries():
        sides[entry.split].add(entry.group)
    assert all(sides.values()) and sum(map(len, sides.values())) == 8
    rows = np.abs(store.waveforms.astype(int))
    assert rows.shape == (16, 4096) and not rows[:, 2000:].any()
    expected = faded(level, 7, 200)
    assert expected[99] == 24  # what leads in, and is kept
    np.testing.assert_allclose(rows[:, :2000], [expected] * 16, atol=1)


def test_the_fades_of_the_authors_are_shares_of_the_sound(
    tmp_path, sound_file, run
):
    level = write_kits(sound_file, kits=1)[100:]
    for preset, rise, fall in (("paper", 16, 1024), ("authors", 2, 380)):
        code, _, _ = run(
            f"--input_dir={tmp_path / 'kits'}",
            f"--output_dir={tmp_path / preset}",
            "--workers=1",
            "--length=4096",
            f"--fade_preset={preset}",
            "--near_duplicates=ignore",
        )
        assert code == 0
        rows = np.abs(open_store(tmp_path / preset).waveforms.astype(int))
        expected = [faded(level, rise, fall)] * 2  # toms are left out
        np.testing.assert_allclose(rows[:, :1900], expected, atol=1)
        assert not rows[:, 1900:].any()


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("", "--input_dir and --output_dir"),
        ("--input_dir=absent --output_dir=o", "absent is not a folder"),
        ("--input_dir=tests --output_dir=/", "contains --input_dir=tests"),
        (f"{PLACES} --fade_in=-3", "--fade_in=-3"),
        (f"{PLACES} --fade_out=101%", "0% to 100%"),
        (f"{PLACES} --length=3", "length"),
        (f"{PLACES} --length=8192", "of 64, 256, 1024, 4096, 16384, 32768"),
        (f"{PLACES} --validation=2", "validation"),
        (f"{PLACES} --validation=.5 --test=.5", "too few are left"),
        (f"{PLACES} --clases=a", "clases"),
        (f"{PLACES} --labels=a,b", "--labels names 2"),
        ("--input_dir= --output_dir=o", "--input_dir= is empty"),
        (f"{PLACES} --input_dir=", "--input_dir=.,: a part of it is empty"),
        (f"{PLACES} --input_dir=.,,.", "--input_dir=.,.,,.: a part of it"),
        (f"{PLACES} --labels=", "--labels= is empty"),
        (f"{PLACES} --labels=a,", "--labels=a,: a part of it is empty"),
        (f"{PLACES} --classes=", "--classes= is empty"),
        (f"{PLACES} --classes=a,,b", "--classes=a,,b: a part of it is empty"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(capsys, argv, message):
    assert message in refused(capsys, prepare_data, *argv.split())


def test_a_path_with_a_comma_is_taken_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Kits, Vol 1").mkdir()
    (tmp_path / "Kits, Vol 1" / "labels.csv").touch()
    given = ["Kits, Vol 1", "Kits, Vol 1/labels.csv", "a, b"]
    found = prepare_data.split_paths("labels", given)
    assert found == ["Kits, Vol 1", "Kits, Vol 1/labels.csv", "a", "b"]


def test_the_lengths_are_in_the_help(run):
    _, out, _ = run("--help")
    assert "64, 256, 1024, 4096, 16384, 32768, 65536" in " ".join(out.split())


def test_the_table_has_a_line_per_fate_and_a_column_per_class():
    counts = {"train": {"a": 10, "bb": 2}, "no_label": {"": 300}}
    assert table(counts, ("a", "bb")).splitlines() == [
        "           a  bb  no class  files",
        "train     10   2         0     12",
        "no_label   0   0       300    300",
    ]


def test_folders_of_one_name_are_told_apart(tmp_path):
    folders = [tmp_path / place for place in ("1/a", "2/a", "3/a-2", "4/a")]
    for folder in folders:
        folder.mkdir(parents=True)
    sources = prepare_data.read_sources([str(f) for f in folders], [])
    names = [source.name for source in sources]
    assert names == ["a", "a-2", "a-2-2", "a-3"]
    (only,) = prepare_data.read_sources([str(folders[0])], [])
    assert only.name == ""
