"""Runs that are cut short, and the runs that go on with them."""

import itertools
import os

import pytest

from data_prep import cache, read_files
from data_prep.cache import _worth
from data_prep.pipeline import Options, PrepareError, prepare
from data_prep.read_files import Source
from data_prep.store.manifest import Entry
from data_prep.store.store import StoreError
from tests.fixtures.disks import small_disk
from wavegan_cond.storage import lock

DEFAULTS = Options()


def content(store):
    return {path.name: path.read_bytes() for path in store.iterdir()}


def run(library, store, options=DEFAULTS, **settings):
    settings = {"processes": 1, **settings}
    return prepare([Source(library)], store, options, **settings)


def stop(at, error=KeyboardInterrupt):
    """Returns a progress that raises when ``at`` files are taken in."""

    def progress(files, total):
        yield from itertools.islice(files, at)
        raise error

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

    def progress(files, total):
        for number, _ in enumerate(files):
            seen.append((number, total))
            yield

    run(library, tmp_path / "store", progress=progress)
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
    run(library, tmp_path / "store")
    assert len(decoded) == 12 + 18
    run(library, tmp_path / "other")
    assert content(tmp_path / "store") == content(tmp_path / "other")


def test_with_other_settings_it_starts_afresh(tmp_path, library, decoded):
    cut(library, tmp_path / "store", 12)
    run(library, tmp_path / "store", Options(validation=0.5))
    assert len(decoded) == 12 + 18


def test_nothing_useless_is_left(tmp_path, library):
    cut(library, tmp_path / "store", 0)
    with pytest.raises(PrepareError, match="of class tom"):
        run(library, tmp_path / "store", Options(classes=("kick", "tom")))
    assert [path.name for path in tmp_path.iterdir()] == ["library"]


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
    worths = [_worth(Entry("", format=form, rate=r)) for form, r in ranked]
    assert worths == sorted(set(worths))
    assert _worth(Entry("", format="WAV FLOAT", rate="96000")) == worths[-1]
