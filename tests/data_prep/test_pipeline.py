import collections
import os
import re
import shutil
import subprocess

import numpy as np
import pytest
import soundfile

from data_prep import inputs
from data_prep.audio import workers
from data_prep.audio.process_file import Shape, fade_samples
from data_prep.labels.label_file import LabelsError
from data_prep.pipeline import Options, PrepareError, prepare
from data_prep.read_files import Source
from data_prep.store import manifest
from data_prep.store.report import describe
from data_prep.store.store import SIDES, StoreError
from tests.conftest import make_hit
from tests.fixtures.disks import small_disk
from tests.fixtures.permissions import bound
from tests.fixtures.processes import started
from tests.fixtures.stores import content
from wavegan_cond.storage.checksums import file_sha256


def run(folder, output, processes=1, **settings):
    overwrite = settings.pop("overwrite", False)
    sources = [folder] if isinstance(folder, Source) else folder
    if not isinstance(sources, list):
        sources = [Source(folder)]
    return prepare(
        sources,
        output,
        Options(**settings),
        processes=processes,
        overwrite=overwrite,
    )


def lines(report):
    path = report.store.path / "manifest.csv"
    return {line.path: line for line in manifest.read(path)}


def sides_of(report):
    """The sides of the files in each first-level folder."""
    sides = collections.defaultdict(set)
    for path, line in lines(report).items():
        sides[path.split("/")[0]].add(line.split)
    return sides


def test_rows_are_what_the_paper_asks_for(tmp_path, library, sound_file, hit):
    sound_file("library/kick/long.wav", 0.1 * hit(99, 1.0))
    store = run(library, tmp_path / "store").store
    assert store.classes == ("kick", "snare", "cymbal")
    assert store.waveforms.shape == (19, 16384)
    rows = store.waveforms.astype(int)
    assert (np.abs(rows).max(axis=1) == 32767).all()
    assert (rows[:, 0] == 0).all() and (rows[:, -1] == 0).all()
    short = np.argmax(rows[:, ::-1] != 0, axis=1) > 16384 - 0.13 * 44100
    assert short.sum() == 18  # padded at the end, all but the long one


def test_the_manifest_finds_every_row(tmp_path, library):
    report = run(library, tmp_path / "store", validation=0.4)
    store = report.store
    entries = lines(report)
    assert len(entries) == 18
    assert {int(line.row) for line in entries.values()} == set(range(18))
    for path, line in entries.items():
        label, _ = path.split("/")
        row = int(line.row)
        assert line.status == "kept" and line.label == label
        assert store.classes[store.labels[row]] == label
        assert line.split == ("train" if row < store.train else "validation")
        assert (line.format, line.rate) == ("WAV PCM_16", "44100")
        assert line.sha256 == file_sha256(library / path)
    assert 0 < store.validation < 18


def test_three_sides_are_written_and_two_are_as_before(tmp_path, library):
    two = run(library, tmp_path / "two", validation=0.3)
    three = run(library, tmp_path / "three", validation=0.3, test=0.4)
    assert "test" not in two.store.info["settings"]
    assert three.store.info["settings"]["test"] == 0.4
    sizes = {side: len(three.store.split(side)[1]) for side in SIDES}
    assert sum(sizes.values()) == 18 and sizes["test"] > 0
    assert sizes["validation"] == two.store.validation
    rows = sorted(lines(three).values(), key=lambda entry: int(entry.row))
    expected = [side for side in SIDES for _ in range(sizes[side])]
    assert [entry.split for entry in rows] == expected
    counted = {side: sum(three.counts[side].values()) for side in SIDES}
    assert counted == sizes
    again = run(library, tmp_path / "three", validation=0.3, test=0.4)
    assert not again.made
    with pytest.raises(StoreError, match="other files or settings"):
        run(library, tmp_path / "three", validation=0.3)


def test_a_file_the_decoder_dies_of_is_left_out(tmp_path, library, monkeypatch):
    def run_ordered(function, tasks, _):
        for path, depth in tasks:
            guilty = path.endswith("kick/03.wav")
            died = workers.Failure(workers.CRASH)
            yield died if guilty else function((path, depth))

    monkeypatch.setattr(workers, "run_ordered", run_ordered)
    report = run(library, tmp_path / "store")
    line = lines(report)["kick/03.wav"]
    assert (line.status, line.reason) == ("left out", "decoder_crash")
    assert len(line.sha256) == 64
    assert len(report.store.labels) == 17


def test_copies_in_other_formats_are_left_out(tmp_path, library, sound_file):
    wave, _ = soundfile.read(library / "kick" / "00.wav")
    sound_file("library/kick/a copy.mp3", 0.5 * wave)
    sound_file("library/kick/same.flac", wave)
    report = run(library, tmp_path / "store")
    found = {
        p: (m.reason, m.notes) for p, m in lines(report).items() if m.reason
    }
    assert found == {
        "kick/a copy.mp3": ("near_duplicate", "same as kick/00.wav"),
        "kick/same.flac": ("duplicate", "same as kick/00.wav"),
    }
    keep = run(library, tmp_path / "keep", near_duplicates="keep")
    assert lines(keep)["kick/a copy.mp3"].status == "kept"


def test_a_changed_fade_moves_no_sound_to_the_other_side(tmp_path, library):
    sides = []
    for shape in (Shape(), Shape(1024, "0.1%", "20%", False)):
        report = run(library, tmp_path / shape.fade_in, 1, shape=shape)
        sides.append({p: line.split for p, line in lines(report).items()})
        assert report.store.length == shape.length
    assert sides[0] == sides[1]


@pytest.mark.parametrize(
    ("amount", "samples"), [("16", 16), ("0", 0), ("0.1%", 10), ("20%", 2000)]
)
def test_fades_are_samples_or_percent_of_the_sound(amount, samples):
    assert fade_samples(amount, 10000) == samples


def test_leading_silence_is_cut_unless_asked_not_to(tmp_path, sound_file, hit):
    late = np.concatenate([np.zeros(3000), hit(0)])
    sound_file("in/kick/a.wav", late, subtype="PCM_24")
    cut = run(tmp_path / "in", tmp_path / "cut").store.waveforms[0]
    kept = run(
        tmp_path / "in",
        tmp_path / "kept",
        shape=Shape(trim_leading_silence=False),
    ).store.waveforms[0]
    assert np.argmax(cut != 0) < 5
    assert np.argmax(kept != 0) >= 3000


def test_a_sound_that_begins_behind_what_is_read_is_left_out(
    tmp_path, sound_file, hit
):
    """It would be a fragment of a sound, faded out."""
    for name, silence in (("in", 90000), ("early", 87000)):
        wave = np.concatenate([np.zeros(silence), hit(0), np.zeros(44100)])
        sound_file(f"{name}/kick/a.wav", wave, subtype="PCM_24")
    with pytest.raises(PrepareError, match="1 silent"):
        run(tmp_path / "in", tmp_path / "out", shape=Shape(length=16384))
    kept = run(tmp_path / "early", tmp_path / "kept", shape=Shape(length=16384))
    assert len(kept.store.waveforms) == 1


@pytest.mark.parametrize("trim", [True, False])
@pytest.mark.parametrize("level", [-52, -100])
def test_a_hit_behind_the_window_is_not_replaced_by_the_noise_before_it(
    tmp_path, sound_file, hit, level, trim
):
    """At peak 1 the noise of a room would be a drum of its class."""
    noise = np.random.default_rng(0).standard_normal(26000)
    noise *= 10 ** (level / 20) / np.abs(noise).max()
    sound = np.concatenate([noise, hit(0)])
    sound_file("in/kick/a.wav", sound, subtype="FLOAT")
    sound_file("in/kick/b.wav", hit(1))
    shape = Shape(length=16384, trim_leading_silence=trim)
    report = run(tmp_path / "in", tmp_path / "out", shape=shape)
    trimmed = trim and level < -60  # what is cut in front is no window
    expected = "" if trimmed else "late"
    assert lines(report)["kick/a.wav"].reason == expected


@pytest.mark.parametrize("place", [0, 3, 16383])
def test_a_hit_behind_the_window_is_late_where_a_ramp_leaves_nothing_else(
    tmp_path, sound_file, hit, place
):
    """A click 39 dB below it, which the ramps take away, and silence."""
    silence = np.zeros(30000)
    silence[place] = 10 ** (-39 / 20) * np.abs(hit(0)).max()
    late = np.concatenate([silence, hit(0)])
    sound_file("in/kick/a.wav", late, subtype="FLOAT")
    sound_file("in/kick/b.wav", hit(1))
    shape = Shape(length=16384, trim_leading_silence=False)
    report = run(tmp_path / "in", tmp_path / "out", shape=shape)
    assert lines(report)["kick/a.wav"].reason == "late"


def test_what_swells_slowly_is_no_hit_behind_the_window(tmp_path, sound_file):
    """A cymbal that is played backwards, 30 dB below its end."""
    time = np.arange(40000) / 44100
    noise = np.random.default_rng(0).standard_normal(40000)
    sound_file("in/cymbal/a.wav", 0.1 * noise * 10 ** (2.8 * (time - 0.9)))
    report = run(tmp_path / "in", tmp_path / "out", shape=Shape(length=16384))
    assert len(report.store.waveforms) == 1


def test_the_same_files_and_settings_are_not_prepared_again(tmp_path, library):
    first = run(library, tmp_path / "store")
    before = (tmp_path / "store" / "waveforms.npy").stat().st_mtime_ns
    seen = []
    again = prepare(
        [Source(library)],
        tmp_path / "store",
        progress=lambda files, total: seen.append(total) or files,
    )
    assert first.made and not again.made and seen == [18]
    assert again.counts == first.counts
    assert (tmp_path / "store/waveforms.npy").stat().st_mtime_ns == before
    anew = run(library, tmp_path / "store", overwrite=True)
    assert anew.made and anew.store.fingerprint == first.store.fingerprint
    assert (tmp_path / "store/waveforms.npy").stat().st_mtime_ns != before


def test_what_is_no_sound_makes_no_other_store(tmp_path, library):
    """Lists that a command writes anew, and what file managers leave."""
    (library / ".gather.json").write_text("a")
    (library / "pack.zip").write_bytes(b"no sound")
    sources = [Source(library, "a"), Source(library / "kick", ".b")]
    first = run(sources, tmp_path / "store")
    assert lines(first)["a/pack.zip"].sha256 == "", "it was read"
    (library / ".gather.json").write_text("of later")
    (library / "kick" / ".DS_Store").touch()
    (library / "pack.zip").unlink()
    assert not run(sources, tmp_path / "store").made
    (library / "kick" / "17.wav").write_bytes(b"")
    with pytest.raises(StoreError, match="other files or settings"):
        run(sources, tmp_path / "store")


def test_another_store_is_replaced_only_when_asked(tmp_path, library):
    old = run(library, tmp_path / "store")
    path = library / "kick" / "00.wav"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 8  # the same name, the same size
    path.write_bytes(content)
    with pytest.raises(StoreError, match="--overwrite"):
        run(library, tmp_path / "store")
    new = run(library, tmp_path / "store", overwrite=True)
    assert new.store.fingerprint != old.store.fingerprint
    with pytest.raises(StoreError, match="--overwrite"):
        run(library, tmp_path / "store", validation=0.5)


@pytest.mark.parametrize("overwrite", [False, True])
def test_the_output_lies_apart_from_the_sounds(tmp_path, library, overwrite):
    (tmp_path / "link").symlink_to(library)
    run(library, tmp_path / "real")
    (library / "dataset.json").write_text("{}")
    before = {path: path.read_bytes() for path in library.rglob("*.*")}
    for folder, output, relation in (
        (library, library, "lies in"),
        (library, library / "kick" / "store", "lies in"),
        (library / "kick", library, "contains"),
        (library, tmp_path / "link", "lies in"),
        (tmp_path / "link", library / "a", "lies in"),
        (tmp_path / "link" / "kick", tmp_path, "contains"),
    ):
        with pytest.raises(StoreError, match=relation) as caught:
            run(folder, output, overwrite=overwrite)
        assert caught.value.exit_code == 2
    assert before == {p: p.read_bytes() for p in library.rglob("*.*")}
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"library", "link", "real"}


@pytest.fixture
def mount(tmp_path):
    with small_disk(tmp_path / "data", 1 << 24) as disk:
        (disk / "lost+found").mkdir()
        yield disk


def test_a_store_can_be_all_of_a_mounted_disk(
    tmp_path, library, mount, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    run(library, "data")
    assert not run(library, mount).made
    beside = content(run(library, tmp_path / "beside").store.path)
    for settings in (
        {"validation": 0.5, "overwrite": True},
        {"overwrite": True},
    ):
        report = run(library, mount, **settings)
        assert report.made
        settings.pop("overwrite")
        assert not run(library, mount, **settings).made
    assert {p.name for p in mount.iterdir()} == {*beside, "lost+found"}
    (mount / "lost+found").rmdir()
    assert content(report.store.path) == beside
    (mount / "notes").write_text("mine")
    with pytest.raises(StoreError, match="holds notes"):
        run(library, mount, validation=0.5, overwrite=True)
    assert {p.name for p in tmp_path.iterdir()} == {
        *("library", "beside", "data")
    }


def test_no_usable_sound_says_why(tmp_path, sound_file, hit):
    sound_file("in/kick/a.wav", 0 * hit(0))
    sound_file("in/b/c.wav", hit(0))
    with pytest.raises(PrepareError, match="1 silent, 1 no_label") as caught:
        run(tmp_path / "in", tmp_path / "store")
    assert caught.value.exit_code == 2
    assert not (tmp_path / "store").exists()
    with pytest.raises(PrepareError, match="not a folder"):
        run(tmp_path / "absent", tmp_path / "store")


def test_classes_come_in_the_order_asked_for(tmp_path, library):
    classes = ("cymbal", "kick")
    store = run(library, tmp_path / "store", classes=classes).store
    assert store.classes == classes
    assert np.bincount(store.labels).tolist() == [6, 6]


def test_an_input_folder_may_be_named_for_a_class(tmp_path, library):
    sources = [Source(library / name, name) for name in ("kick", "snare")]
    store = run(sources, tmp_path / "store").store
    assert np.bincount(store.labels).tolist() == [6, 6]


def test_labels_and_groups_of_the_user_win(tmp_path, library):
    labels = {"kick/00.wav": "snare"}
    groups = {f"{c}/": f"kit {c}" for c in ("kick", "snare", "cymbal")}
    source = Source(library, labels=labels, groups=groups)
    report = run(source, tmp_path / "store", validation=0.5)
    entries = lines(report)
    assert entries["kick/00.wav"].label == "snare"
    for name in ("kick", "snare", "cymbal"):
        sides = {m.split for p, m in entries.items() if p.startswith(name)}
        assert len(sides) == 1
    kits = {m.row: f"group kit {p.split('/')[0]}" for p, m in entries.items()}
    rows = map(str, range(len(report.store.labels)))
    assert report.store.groups().tolist() == [kits[row] for row in rows]


@pytest.mark.parametrize("share", [1, 0.6])
def test_labels_of_the_user_are_the_classes(tmp_path, sound_file, hit, share):
    labels = {}
    for number in range(10):
        file = f"fold{number % 5}/{number}.wav"
        sound_file(f"in/{file}", hit(number))
        if number < 10 * share:
            labels[file] = ("kick", "dog")[number % 2]
    store = run(Source(tmp_path / "in", labels=labels), tmp_path / "store")
    assert store.store.classes == ("kick", "dog")


def test_folders_are_classes_beside_some_labels(tmp_path, sound_file, hit):
    for number in range(8):
        sound_file(f"in/{('cat', 'dog')[number % 2]}/{number}.wav", hit(number))
    for labels in ({"cat/0.wav": "bird"}, {"cat/": "dog", "dog/1.wav": "cat"}):
        source = Source(tmp_path / "in", labels=labels)
        report = run(source, tmp_path / "store", overwrite=True)
        expected = {"cat", "dog"} | set(labels.values())
        assert set(report.store.classes) == expected


def test_labels_that_match_no_file_are_said(tmp_path, library):
    source = Source(library, labels={"kick/": "tom", "x/a.wav": "kick"})
    for made in (True, False):
        report = run(source, tmp_path / "store")
        assert report.made == made
        assert "1 of 2 lines of the labels CSV" in describe(report)
    source = Source(library, labels={"00.wav": "tom"})
    with pytest.raises(LabelsError, match="none of its 1 lines"):
        run(source, tmp_path / "other")


def test_folders_hold_kits_together(tmp_path, sound_file, hit):
    for number in range(48):
        kit, label = divmod(number, 3)
        label = ("Kicks", "Snares", "Cymbals")[label]
        sound_file(f"in/kit {kit}/{label}/{number}.wav", hit(number))
    report = run(
        tmp_path / "in",
        tmp_path / "store",
        validation_by="folder",
        validation=0.5,
    )
    sides = sides_of(report)
    assert len(sides) == 16
    assert all(len(side) == 1 for side in sides.values())
    assert set.union(*sides.values()) == {"train", "validation"}
    assert report.store.info["groups"] == 16


def test_input_folders_that_are_kits_are_held_together(
    tmp_path, sound_file, hit
):
    for number in range(32):
        sound_file(f"in/kit{number % 8}/Kick {number}.wav", hit(number))
    folders = sorted((tmp_path / "in").iterdir())
    by_folder = {"validation_by": "folder", "validation": 0.5}
    sources = [Source(folder, folder.name) for folder in folders]
    report = run(sources, tmp_path / "store", **by_folder)
    assert report.store.info["groups"] == 8
    assert all(len(sides) == 1 for sides in sides_of(report).values())
    # A folder that only says the class is none.
    folders[0].rename(tmp_path / "Kicks")
    sources[0] = Source(tmp_path / "Kicks", "Kicks")
    report = run(sources, tmp_path / "other", **by_folder)
    assert report.store.info["groups"] == 7
    groups = report.store.groups()
    assert np.sum(groups == "") == 4 and len(set(groups)) == 8


def test_folders_that_a_labels_csv_speaks_of_are_still_kits(
    tmp_path, sound_file, hit
):
    for number in range(32):
        sound_file(f"in/set {number % 8}/{number // 8}.wav", hit(number))
    files = [f"set {i}/{j}.wav" for i in range(8) for j in range(4)]
    of_folders = {f"set {i}/": ("kick", "snare")[i % 2] for i in range(8)}
    of_files = {file: ("kick", "snare")[i % 2] for i, file in enumerate(files)}
    for number, labels in enumerate((of_folders, of_files)):
        report = run(
            Source(tmp_path / "in", labels=labels),
            tmp_path / str(number),
            validation_by="folder",
            validation=0.5,
        )
        assert report.store.info["groups"] == 8
        assert all(len(sides) == 1 for sides in sides_of(report).values())


def test_two_spellings_are_one_class(tmp_path, sound_file, hit):
    for number in range(3):
        sound_file(f"a/Dog/{number}.wav", hit(number))
        sound_file(f"b/dog/{number}.wav", hit(10 + number))
        sound_file(f"b/cat/{number}.wav", hit(20 + number))
    birds = {"cat/0.wav": "bird", "cat/1.wav": "Bird"}
    sources = [
        Source(tmp_path / "a", "a"),
        Source(tmp_path / "b", "b", labels=birds),
    ]
    store = run(sources, tmp_path / "store").store
    assert store.classes == ("Bird", "Dog", "cat")
    assert np.bincount(store.labels).tolist() == [2, 6, 1]


def test_a_class_of_one_folder_is_one_of_the_others(tmp_path, sound_file, hit):
    for number in range(3):
        sound_file(f"a/{number}.wav", hit(number))
        sound_file(f"b/Tom {number}.wav", hit(10 + number))
    sound_file("b/Kick 0.wav", hit(20))
    sources = [
        Source(tmp_path / "a", "a", labels={"0.wav": "tom", "1.wav": "tom"}),
        Source(tmp_path / "b", "b", labels={"Kick 0.wav": "kick"}),
    ]
    report = run(sources, tmp_path / "store")
    assert report.store.classes == ("kick", "tom")
    assert lines(report)["b/Tom 1.wav"].label == "tom"


def test_a_folder_of_another_name_is_prepared_again(tmp_path, sound_file, hit):
    for number in range(3):
        sound_file(f"Kicks/{number}.wav", hit(number))
    run(tmp_path / "Kicks", tmp_path / "store")
    (tmp_path / "Kicks").rename(tmp_path / "Snares")
    with pytest.raises(StoreError, match="other files or settings"):
        run(tmp_path / "Snares", tmp_path / "store")
    report = run(tmp_path / "Snares", tmp_path / "store", overwrite=True)
    assert report.store.classes == ("snare",)
    assert not run(tmp_path / "Snares", tmp_path / "store").made


def test_a_folder_whose_name_says_a_class_beside_a_file_s(
    tmp_path, sound_file, hit
):
    for number in range(3):
        sound_file(f"Drum Kit/CH{number}.wav", hit(number))
    report = run(tmp_path / "Drum Kit", tmp_path / "store")
    assert report.store.classes == ("cymbal",)
    (tmp_path / "Drum Kit").rename(tmp_path / "Sounds")
    with pytest.raises(StoreError, match="other files or settings"):
        run(tmp_path / "Sounds", tmp_path / "store")


def test_the_working_folder_can_be_the_store(tmp_path, library, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    report = run(library, ".")
    assert report.made and os.listdir(".")
    assert os.path.samefile(os.getcwd(), tmp_path / "here")
    report = run(library, ".", shape=Shape(4096), overwrite=True)
    assert report.store.length == 4096
    assert os.path.samefile(os.getcwd(), tmp_path / "here")


def test_several_folders_make_one_store(tmp_path, library, sound_file, hit):
    sound_file("more/kick/00.wav", hit(50))
    sources = [Source(library, "a"), Source(tmp_path / "more", "b")]
    entries = lines(run(sources, tmp_path / "store"))
    assert len(entries) == 19
    assert entries["a/kick/00.wav"].sha256 != entries["b/kick/00.wav"].sha256


def test_odd_entries_have_a_line_and_change_nothing_the_second_time(
    tmp_path, library
):
    kicks = library / "kick"
    for name in ("pipe.wav", "pipe"):
        os.mkfifo(kicks / name)
    (kicks / "gone.wav").symlink_to("nowhere")
    (kicks / "zero.wav").symlink_to("/dev/zero")
    (kicks / "sparse.wav").touch()
    os.truncate(kicks / "sparse.wav", 1 << 40)
    for number, name in enumerate(("a\rb", "=1+1", "@x", "'=y", "c\n")):
        soundfile.write(kicks / f"{name}.wav", make_hit(60 + number), 44100)
    first = run(library, tmp_path / "store")
    found = lines(first)
    assert len(found) == 18 + 5 + 5
    for name in ("pipe.wav", "pipe", "gone.wav", "zero.wav", "sparse.wav"):
        line = found[f"kick/{name}"]
        assert (line.reason, line.sha256) == ("unreadable", "")
        assert line.notes
    assert found["kick/=1+1.wav"].status == "kept"
    assert not run(library, tmp_path / "store").made


def test_a_path_too_long_to_read_has_a_line(tmp_path, library, monkeypatch):
    monkeypatch.chdir(library / "kick")
    name = "d" * 250
    for depth in range(18):
        shutil.copy(library / "kick" / "00.wav", f"{depth}.wav")
        os.mkdir(name)
        os.chdir(name)
    os.chdir(tmp_path)
    first = run(library, tmp_path / "store")
    found = lines(first)
    (unread,) = (path for path in found if path.endswith("/"))
    assert len(f"{library}/{unread}") > 4096
    assert found[unread].reason == "unreadable"
    assert found[unread].notes == "File name too long"
    assert first.counts["unreadable"][""] == 1
    assert "folders that could not be read: 1" in describe(first)
    assert not run(library, tmp_path / "store").made


def test_what_may_not_be_read_has_a_line(tmp_path, library):
    (library / "snare").chmod(0)
    (library / "kick" / "00.wav").chmod(0)

    def start(folder, store):
        folders = {"input_dir": folder, "output_dir": tmp_path / store}
        command = started("prepare_data", "--workers=1", **folders)
        return subprocess.run(bound(command), capture_output=True, text=True)

    for said in ("1, such as snare/", "up to date"):
        done = start(library, "store")
        assert said in done.stdout
        assert re.search(r"unreadable +1 +0 +1 +2\n", done.stdout)
    entries = manifest.read(tmp_path / "store" / "manifest.csv")
    reasons = {line.path: (line.reason, line.notes) for line in entries}
    denied = ("unreadable", "Permission denied")
    assert reasons["snare/"] == reasons["kick/00.wav"] == denied
    done = start(library / "snare", "other")
    assert done.returncode == 2 and "cannot be read" in done.stderr
    (library / "snare").chmod(0o755)


def test_folders_that_no_class_can_be_called(tmp_path, sound_file, hit):
    for number, name in enumerate((b"caf\xe9", b"th\xe9")):
        path = sound_file(f"in/{number}/1.wav", hit(number))
        path.parent.rename(tmp_path / "in" / os.fsdecode(name))
    with pytest.raises(LabelsError, match="rename the folder"):
        run(tmp_path / "in", tmp_path / "store")


def test_other_drums_are_offered_and_would_be_found(
    tmp_path, library, sound_file, hit
):
    for number, place in enumerate(("Toms", "Toms", "Claps", "Tom Loops")):
        sound_file(f"library/{place}/{number}.wav", hit(90 + number))
    said = describe(run(library, tmp_path / "store"))
    assert "(2 tom, 1 clap): --classes=kick,snare,cymbal,tom,clap" in said
    classes = ("kick", "snare", "cymbal", "tom", "clap")
    report = run(library, tmp_path / "more", classes=classes)
    assert report.store.classes == classes and len(report.store.labels) == 21
    assert "--classes" not in describe(report)


def test_sounds_that_go_on_are_counted(tmp_path, library, sound_file, hit):
    sound_file("library/kick/808.wav", np.sin(np.arange(3 * 44100) / 100))
    quiet = np.pad(hit(99), (0, 44100))  # a file of a second, not a sound
    sound_file("library/kick/padded.wav", quiet)
    report = run(library, tmp_path / "store")
    assert lines(report)["kick/808.wav"].notes == "cut"
    assert not lines(report)["kick/padded.wav"].notes
    said = describe(report)
    assert "1 sounds go on after 0.37 s and were cut there (1 kick" in said
    assert "--length=32768 keeps 0.74 s" in said
    assert describe(run(library, tmp_path / "store")).startswith(
        said.rpartition("\n")[0]
    )


def test_a_second_way_to_a_folder_has_a_line(tmp_path, library):
    (library / "snare" / "more").symlink_to(library / "kick")
    (library / "kick" / "up").symlink_to(library)
    (library / "kick" / "store").symlink_to(tmp_path / "store")  # not there yet
    report = run(library, tmp_path / "store")
    found = lines(report)
    for name in ("snare/more/", "kick/up/"):
        assert (found[name].reason, found[name].status) == (
            "ignored",
            "left out",
        )
        assert "read under another name" in found[name].notes
    assert report.counts["ignored"][""] == 2
    assert "could not be read" not in describe(report)
    assert not [name for name in found if name.startswith("kick/store")]
    assert not run(library, tmp_path / "store").made


def test_a_store_of_other_rules_is_another_store(
    tmp_path, library, monkeypatch
):
    before = run(library, tmp_path / "store")
    assert not run(library, tmp_path / "store").made
    monkeypatch.setattr(inputs, "RULES_VERSION", inputs.RULES_VERSION + 1)
    with pytest.raises(StoreError, match="--overwrite"):
        run(library, tmp_path / "store")
    after = run(library, tmp_path / "store", overwrite=True)
    assert after.made and after.store.fingerprint == before.store.fingerprint
