"""Runs that are cut short, and the runs that go on with them."""

import contextlib
import itertools
import os

import pytest

from data_prep import cache, read_files
from data_prep.audio import workers
from data_prep.cache import _quality
from data_prep.pipeline import DROPPED, Options, PrepareError, prepare
from data_prep.read_files import Source
from data_prep.store.manifest import Entry
from data_prep.store.store import StoreError
from tests.fixtures.disks import small_disk
from tests.fixtures.stores import content
from wavegan_cond.storage import lock

DEFAULTS = Options()


def run(library, store, options=DEFAULTS, **settings):
    settings = {"processes": 1, **settings}
    return prepare([Source(library)], store, options, **settings)


def stop(at, error=KeyboardInterrupt):
    """Returns a progress that raises when ``at`` files are taken in."""

    def progress(files, total):
        yield from itertools.islice(files, at)
        raise error

    return progress


def noting(seen):
    """Returns a progress that adds (number of a file, total) to a list."""

    def progress(files, total):
        for number, _ in enumerate(files):
            seen.append((number, total))
            yield

    return progress


def cut(library, store, at, error=KeyboardInterrupt, options=DEFAULTS):
    with pytest.raises((error, StoreError)):
        run(library, store, options, progress=stop(at, error))


@pytest.fixture
def decoded(monkeypatch):
    """Collects the files that are examined."""
    seen, original = [], read_files.examine

    def watched(*arguments, **named):
        for found in original(*arguments, **named):
            seen.append(found.entry.path)
            yield found

    monkeypatch.setattr("data_prep.pipeline.examine", watched)
    return seen


@pytest.fixture
def whole(tmp_path, library):
    """Returns the content of the store of a run that nothing stopped."""
    (library / "snare" / "broken.wav").write_bytes(b"no sound")
    run(library, tmp_path / "whole")
    return content(tmp_path / "whole")


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, RuntimeError])
def test_a_run_goes_on_where_the_last_one_stopped(
    tmp_path, library, whole, decoded, error
):
    store = tmp_path / "store"
    for at in (5, 9):
        cut(library, store, at, error)
        assert not store.exists()
    assert len(decoded) == 9
    run(library, store)
    assert decoded == sorted(set(decoded)) and len(decoded) == 19
    assert content(store) == whole
    assert not cache.place(store).exists()


def test_the_progress_of_a_resumed_run_counts_every_file(tmp_path, library):
    cut(library, tmp_path / "store", 7)
    seen = []
    run(library, tmp_path / "store", progress=noting(seen))
    assert seen == [(number, 18) for number in range(18)]


@pytest.mark.parametrize("name", ["records", "lines"])
@pytest.mark.parametrize("bytes_lost", [1, 20, 500, 40000])
def test_what_was_written_half_is_cut_off(
    tmp_path, library, whole, decoded, name, bytes_lost
):
    store = tmp_path / "store"
    cut(library, store, 12)
    path = cache.place(store) / name
    os.truncate(path, max(0, path.stat().st_size - bytes_lost))
    run(library, store)
    assert content(store) == whole
    assert 19 < len(decoded) <= 19 + 12


@pytest.mark.parametrize("name", ["records", "lines"])
def test_what_was_changed_is_decoded_again(
    tmp_path, library, whole, decoded, name
):
    store = tmp_path / "store"
    for place in (0.02, 0.5, 0.99):
        cut(library, store, 12)
        path = cache.place(store) / name
        data = bytearray(path.read_bytes())
        data[int(place * len(data))] ^= 1
        path.write_bytes(data)
        run(library, store)
        assert content(store) == whole
        for file in store.iterdir():
            file.unlink()
    assert len(decoded) > 3 * 19


def touch(path):
    os.utime(path, ns=(1, 1))


def grow(path):
    status = path.stat()
    path.write_bytes(path.read_bytes() + b"LIST\4\0\0\0abcd")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def rename(path):
    path.rename(path.with_name("new.wav"))


@pytest.mark.parametrize("change", [touch, grow, rename])
def test_of_other_files_it_starts_afresh(tmp_path, library, decoded, change):
    cut(library, tmp_path / "store", 12)
    change(library / "snare" / "01.wav")
    said = []
    run(library, tmp_path / "store", note=said.append)
    assert said == [DROPPED]
    assert len(decoded) == 12 + 18
    run(library, tmp_path / "other")
    assert content(tmp_path / "store") == content(tmp_path / "other")


def test_what_is_no_sound_costs_no_decoded_one(tmp_path, library, decoded):
    (library / "kick" / "gone.txt").write_text("a")
    (library / "notes.txt").write_text("a")
    cut(library, tmp_path / "store", 14)
    (library / "kick" / "gone.txt").unlink()
    (library / "notes.txt").write_text("b, later")
    (library / ".DS_Store").write_bytes(b"Finder")
    del decoded[:]
    said = []
    report = run(library, tmp_path / "store", note=said.append)
    assert not said
    assert decoded[0] == ".DS_Store" and len(decoded) == 1 + 19 - 13
    run(library, tmp_path / "other")
    assert content(report.store.path) == content(tmp_path / "other")


def test_a_file_that_failed_is_tried_again(
    tmp_path, library, whole, decoded, monkeypatch
):
    """Its time was too short, or it could not be read, as of rights."""

    def run_ordered(function, tasks, _):
        for path, depth in tasks:
            late = path.endswith("cymbal/05.wav")
            failure = workers.Failure(workers.TIMEOUT)
            yield failure if late else function((path, depth))

    with monkeypatch.context() as slow:
        slow.setattr(workers, "run_ordered", run_ordered)
        cut(library, tmp_path / "store", 12)
    del decoded[:]
    seen = []
    run(library, tmp_path / "store", progress=noting(seen))
    assert decoded[0] == "cymbal/05.wav" and len(decoded) == 1 + 19 - 12
    assert seen == [(number, 19) for number in range(19)]
    assert content(tmp_path / "store") == whole


@pytest.mark.parametrize(
    ("reason", "sha256", "again"),
    [
        ("unreadable", "", True),
        ("unreadable", "0" * 64, False),  # what it holds is corrupt
        ("decoder_crash", "0" * 64, True),
        ("decoder_timeout", "0" * 64, True),
        ("silent", "0" * 64, False),
    ],
)
def test_what_may_be_otherwise_the_next_time_is_not_known(
    tmp_path, reason, sha256, again
):
    files = [(0, "a.wav"), (0, "b.wav")]

    def found(file, reason, sha256):
        entry = Entry(file[1], reason=reason, sha256=sha256)
        return read_files.FileRecord(file, entry, None)

    for turn in (1, 2):
        with contextlib.closing(
            cache.Spool(tmp_path, "key", 64, files)
        ) as spool:
            assert len(list(spool.load())) == len(spool.known)
            if turn == 1:
                spool.add(found(files[0], reason, sha256))
                spool.add(found(files[1], "silent", "1" * 64))
            else:
                assert (files[0] not in spool.known) == again
                if again:
                    spool.add(found(files[0], "too_short", "2" * 64))
                expected = ["too_short" if again else reason, "silent"]
                assert [e.reason for e in spool.entries()] == expected


def test_with_other_settings_it_starts_afresh(tmp_path, library, decoded):
    cut(library, tmp_path / "store", 12)
    run(library, tmp_path / "store", Options(validation=0.5))
    assert len(decoded) == 12 + 18


def test_nothing_useless_is_left(tmp_path, library):
    cut(library, tmp_path / "store", 0)
    with pytest.raises(PrepareError, match="of class tom"):
        run(library, tmp_path / "store", Options(classes=("kick", "tom")))
    assert [path.name for path in tmp_path.iterdir()] == ["library"]


def test_what_was_decoded_stays_where_the_store_may_not_be_written(
    tmp_path, library, whole, decoded
):
    store = tmp_path / "whole"

    def progress(files, total):
        yield from files
        (store / ".DS_Store").write_bytes(b"Finder")

    with pytest.raises(StoreError, match=r"holds \.DS_Store"):
        run(library, store, overwrite=True, progress=progress)
    (store / ".DS_Store").unlink()
    del decoded[:]
    assert run(library, store, overwrite=True).made
    assert not decoded and content(store) == whole
    assert not cache.place(store).exists()


@pytest.mark.parametrize("first", [".", "store"])
def test_a_spool_is_found_from_any_working_folder(
    tmp_path, library, whole, decoded, monkeypatch, first
):
    (tmp_path / "store").mkdir()
    for name, at in ((first, 12), (".", 15), ("store", None)):
        monkeypatch.chdir(tmp_path / ("store" if name == "." else ""))
        if at:
            cut(library, name, at)
        else:
            run(library, name)
    assert content(tmp_path / "store") == whole
    assert len(decoded) == 19
    assert {p.name for p in tmp_path.iterdir()} == {"library", "store", "whole"}


def test_a_spool_on_a_mounted_disk_is_within(tmp_path, library, whole, decoded):
    with small_disk(tmp_path / "disk", 1 << 24) as store:
        cut(library, store, 12)
        assert cache.place(store).parent == store
        run(library, store)
        assert content(store) == whole
    assert len(decoded) == 19


def test_only_what_is_ours_is_removed_with_a_spool(tmp_path, library):
    folder = cache.place(tmp_path / "store")
    folder.mkdir()
    (folder / "notes").write_text("mine")
    run(library, tmp_path / "store")
    assert [path.name for path in folder.iterdir()] == ["notes"]


def test_the_store_that_is_there_stays_until_the_new_one_is_whole(
    tmp_path, library, whole
):
    store = tmp_path / "whole"
    options = Options(validation=0.5)
    with pytest.raises(KeyboardInterrupt):
        run(library, store, options, overwrite=True, progress=stop(12))
    assert content(store) == whole
    run(library, store, options, overwrite=True)
    assert content(store) != whole


def test_a_spool_left_beside_its_finished_store_goes(tmp_path, library, whole):
    folder = cache.place(tmp_path / "whole")
    folder.mkdir()
    (folder / "lines").write_bytes(b"left")
    assert not run(library, tmp_path / "whole").made
    assert not folder.exists()


def test_two_runs_do_not_share_a_spool(tmp_path, library):
    store = tmp_path / "store"
    with lock.acquire(cache.place(store)):
        with pytest.raises(StoreError, match=f"by process {os.getpid()};"):
            run(library, store)
    run(library, store)


def test_a_lock_on_a_removed_folder_is_none(tmp_path):
    folder = tmp_path / "folder"
    with lock.acquire(folder):
        (folder / "owner").unlink()
        with lock.acquire(folder), pytest.raises(lock.LockedError):
            with lock.acquire(folder):
                pass


def test_of_copies_bandwidth_is_worth_more_than_lossless_coding():
    ranked = [
        ("MP3 MPEG_LAYER_III", 22050),
        ("WAV PCM_16", 22050),
        ("OGG VORBIS", 44100),
        ("FLAC PCM_24", 44100),
    ]
    ranks = [_quality(Entry("", format=form, rate=r)) for form, r in ranked]
    assert ranks == sorted(set(ranks))
    assert _quality(Entry("", format="WAV FLOAT", rate="96000")) == ranks[-1]
