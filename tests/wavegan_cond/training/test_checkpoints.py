"""Checkpoints: whole or absent, verified, exact."""

import os
import shutil

import numpy as np
import pytest
import tensorflow as tf

from tests.fixtures import syncs
from wavegan_cond.storage import checksums
from wavegan_cond.training import checkpoint_folder, checkpoints
from wavegan_cond.training.checkpoint_folder import CheckpointError
from wavegan_cond.training.checkpoints import NonFiniteError
from wavegan_cond.training.run_dir import RunDir


def variables(value=0.0):
    return {
        "generator/stem/kernel": tf.Variable(np.full((2, 3), value, "f4")),
        "generator_optimizer/iteration": tf.Variable(int(value), dtype="int64"),
    }


def save(folder, value, **kwargs):
    return checkpoints.save(folder, variables(value), int(value), **kwargs)


def test_what_was_saved_comes_back_exactly(tmp_path):
    saved = save(tmp_path, 7.0)
    received = variables()
    path, iteration = checkpoint_folder.latest(tmp_path)
    checkpoints.restore(path, received)
    assert (path, iteration) == (saved, 7)
    for name, value in variables(7.0).items():
        np.testing.assert_array_equal(received[name], value)


def test_only_the_newest_are_kept(tmp_path):
    for value in (1, 2, 10, 11):
        save(tmp_path, value, keep=2)
    kept = [
        checkpoint_folder.verify(p)
        for p in checkpoint_folder.committed(tmp_path)
    ]
    assert kept == [10, 11]


def harm(checkpoint):
    (checkpoint / "variables.index").write_bytes(b"harm")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("keep", [1, 2])
def test_a_damaged_checkpoint_has_no_rank(tmp_path, keep):
    for value in (10, 15, 16, 20):
        save(tmp_path, value, keep=9)
    harm(tmp_path / "iteration_00000020")
    assert checkpoint_folder.latest(tmp_path)[1] == 16
    save(tmp_path, 17, keep=keep)
    save(tmp_path, 18, keep=keep)
    assert checkpoint_folder.latest(tmp_path)[1] == 18
    whole = ["iteration_00000017", "iteration_00000018"][-keep:]
    assert names(tmp_path) == [*whole, "iteration_00000020"]


def test_what_is_damaged_later_has_no_rank_any_more(tmp_path):
    for value in (1, 2, 3):
        save(tmp_path, value, keep=2)
    harm(tmp_path / "iteration_00000003")
    save(tmp_path, 4, keep=2)
    assert names(tmp_path) == [f"iteration_0000000{n}" for n in (2, 3, 4)]


def test_a_checkpoint_of_another_run_has_no_rank(tmp_path):
    save(tmp_path, 30, keep=1, config_digest="other")
    for value in (1, 2):
        save(tmp_path, value, keep=1, config_digest="this")
    assert checkpoint_folder.latest(tmp_path, "this")[1] == 2
    assert names(tmp_path) == ["iteration_00000002", "iteration_00000030"]


def test_the_best_whole_one_is_kept(tmp_path):
    for value, score in ((1, 0.5), (2, 0.1), (3, 0.9), (4, 0.8)):
        save(tmp_path, value, keep=9, score=score)
    harm(tmp_path / "iteration_00000002")
    save(tmp_path, 5, keep=1, score=0.7)
    assert names(tmp_path) == [f"iteration_0000000{n}" for n in (1, 2, 5)]


def test_the_next_best_stands_for_one_that_is_damaged(tmp_path, capsys):
    for value, score in ((1, 0.5), (2, 0.1), (3, 0.5), (4, None), (5, 0.2)):
        digest = "other" if value == 5 else "this"
        save(tmp_path, value, keep=9, score=score, config_digest=digest)
    assert checkpoint_folder.best(tmp_path, "this")[1] == 2
    assert not capsys.readouterr().err
    harm(tmp_path / "iteration_00000002")
    assert checkpoint_folder.best(tmp_path, "this")[1] == 3
    first, second = capsys.readouterr().err.splitlines()
    assert "passed over" in first and "00000002 is damaged" in first
    assert "00000005 was saved by a run of another" in second


def test_the_best_of_a_growing_stage_is_kept_beside_the_best_of_all(tmp_path):
    """Scores of two stages are of sounds at two rates."""
    for value, score in ((1, 0.1), (2, 0.3), (3, 1.2), (4, 1.5), (5, 1.4)):
        save(tmp_path, value, keep=1, score=score, since=0 if value < 3 else 2)
    assert names(tmp_path) == [f"iteration_0000000{n}" for n in (1, 3, 5)]
    assert checkpoint_folder.best(tmp_path)[1] == 1
    assert checkpoint_folder.best(tmp_path, since=2)[1] == 3
    with pytest.raises(checkpoint_folder.CheckpointError, match="score"):
        checkpoint_folder.best(tmp_path, since=5)


def test_names_that_are_not_exactly_ours_are_left_alone(tmp_path):
    first = save(tmp_path, 10)
    others = {
        "iteration_00000010_backup",
        "iteration_10",
        "iteration_000000011",
        ".unfinished_song",
    }
    for name in others:
        shutil.copytree(first, tmp_path / name)
    for name in ("iteration_00000010.tar", "iteration_00000099"):
        (tmp_path / name).write_text("mine")
    before = {
        path: path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and path.parent != first
    }
    checkpoint_folder.remove_unfinished(tmp_path)
    for value in (11, 12):
        save(tmp_path, value, keep=1)
    assert before == {path: path.read_bytes() for path in before}
    (path,) = checkpoint_folder.committed(tmp_path)
    assert checkpoint_folder.verify(path) == 12


def test_a_copy_under_another_number_is_no_checkpoint(tmp_path):
    shutil.copytree(save(tmp_path, 10), tmp_path / "iteration_00000099")
    assert checkpoint_folder.latest(tmp_path)[1] == 10
    save(tmp_path, 11, keep=1)
    assert names(tmp_path) == ["iteration_00000011", "iteration_00000099"]


def kill(path):
    next(path.iterdir()).unlink()
    raise KeyboardInterrupt


def test_a_removal_that_is_killed_leaves_nothing_for_ever(
    tmp_path, monkeypatch
):
    run_dir = RunDir(tmp_path)
    run_dir.create()
    folder = run_dir.checkpoints
    save(folder, 1)
    old = save(folder, 2)
    monkeypatch.setattr(checkpoints.shutil, "rmtree", kill)
    with pytest.raises(KeyboardInterrupt):
        checkpoints._remove(old)
    monkeypatch.undo()
    assert checkpoint_folder.latest(folder)[1] == 1
    assert len(names(folder)) == 2
    with run_dir.lock():
        assert names(folder) == ["iteration_00000001"]


@pytest.mark.parametrize("step", ["rename", "rmtree"])
def test_what_cannot_be_removed_ends_no_training(
    tmp_path, monkeypatch, capsys, step
):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    save(tmp_path, 1)
    owner = checkpoints.shutil if step == "rmtree" else type(tmp_path)
    monkeypatch.setattr(owner, step, refuse)
    checkpoints._remove(tmp_path / "iteration_00000001")
    (left,) = tmp_path.iterdir()
    said = capsys.readouterr().err
    assert f"warning: {left} is not needed" in said
    assert "Permission denied" in said


def test_a_whole_checkpoint_of_another_run_is_kept_under_another_name(tmp_path):
    other = save(tmp_path, 10, config_digest="other")
    before = {path.name: path.read_bytes() for path in other.iterdir()}
    save(tmp_path, 10, config_digest="this")
    assert checkpoint_folder.latest(tmp_path, "this")[1] == 10
    (kept,) = tmp_path.glob("*.aside-*")
    assert before == {path.name: path.read_bytes() for path in kept.iterdir()}


def test_a_copy_of_another_iteration_is_kept_under_another_name(tmp_path):
    shutil.copytree(save(tmp_path, 10), tmp_path / "iteration_00000099")
    save(tmp_path, 99, keep=1)
    assert checkpoint_folder.latest(tmp_path)[1] == 99
    (kept,) = tmp_path.glob("*.aside-*")
    assert checkpoint_folder.verify(kept) == 10


def test_what_this_run_saves_twice_is_there_once(tmp_path):
    for score in (None, 0.5):
        path = save(tmp_path, 10, config_digest="this", score=score)
    assert names(tmp_path) == ["iteration_00000010"]
    assert checksums.read_manifest(path)["score"] == 0.5


@pytest.mark.parametrize("step", range(3))
def test_a_kill_while_one_is_saved_again_loses_no_save_and_leaves_nothing(
    tmp_path, monkeypatch, step
):
    """The steps are two renames and a removal: it dies at one of them."""
    run_dir = RunDir(tmp_path)
    run_dir.create()
    folder = run_dir.checkpoints
    final = save(folder, 10, score=1.0)
    new = folder / f"{checkpoint_folder.TEMPORARY}00000010"
    checkpoints._write(new, variables(10.0), 10, "", 0.5)
    rename, renamed = os.rename, []

    def dying(*paths):
        if len(renamed) == step:
            raise KeyboardInterrupt
        renamed.append(rename(*paths))

    monkeypatch.setattr(os, "rename", dying)
    monkeypatch.setattr(shutil, "rmtree", lambda path, **_: kill(path))
    with pytest.raises(KeyboardInterrupt):
        checkpoints.commit(new, final, "")
    monkeypatch.undo()
    with run_dir.lock():
        assert names(folder) == ["iteration_00000010"]
        assert checkpoint_folder.latest(folder) == (final, 10)
    score = checksums.read_manifest(final)["score"]
    assert score == (0.5 if step == 2 else 1.0)


@pytest.mark.parametrize("more", [False, True])
def test_what_is_saved_again_replaces_what_is_damaged(tmp_path, more):
    path = save(tmp_path, 10)
    harm(path)
    if more:
        (path / "notes.txt").write_text("mine")
    save(tmp_path, 10)
    assert checkpoint_folder.latest(tmp_path)[1] == 10
    notes = [path.read_text() for path in tmp_path.glob("*/notes.txt")]
    assert notes == ["mine"] * more
    assert len(names(tmp_path)) == 1 + more


def test_a_file_in_the_place_of_a_checkpoint_is_kept(tmp_path):
    (tmp_path / "iteration_00000010").write_text("mine")
    assert checkpoint_folder.verify(save(tmp_path, 10)) == 10
    (kept,) = tmp_path.glob("*.aside-*")
    assert kept.read_text() == "mine"


@pytest.mark.parametrize("name", ["manifest.json", "variables.index", "data"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_checkpoint_is_passed_over_and_named(
    tmp_path, capsys, name, harm
):
    save(tmp_path, 1.0)
    newest = save(tmp_path, 2.0)
    victim = next(p for p in newest.iterdir() if name in p.name)
    content = bytearray(victim.read_bytes())
    if harm == "flip":
        # In the manifest: a digit of a digest, which stays valid JSON.
        place = (
            content.find(b'": "') + 6 if name[0] == "m" else len(content) // 2
        )
        content[place] ^= 1
        victim.write_bytes(content)
    elif harm == "cut":
        victim.write_bytes(content[: len(content) // 2])
    else:
        victim.unlink()
    path, iteration = checkpoint_folder.latest(tmp_path)
    assert iteration == 1 and path != newest
    (warning,) = capsys.readouterr().err.splitlines()
    assert warning.startswith(f"warning: passed over: {newest} ")


def test_no_checkpoint_and_no_good_checkpoint_are_told_apart(tmp_path):
    with pytest.raises(FileNotFoundError):
        checkpoint_folder.latest(tmp_path)
    (save(tmp_path, 1.0) / "manifest.json").unlink()
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint_folder.latest(tmp_path)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_non_finite_number_is_never_committed(tmp_path, bad):
    save(tmp_path, 1.0)
    broken = variables(2.0)
    broken["generator/stem/kernel"].assign(np.full((2, 3), bad))
    with pytest.raises(NonFiniteError, match="generator/stem/kernel"):
        checkpoints.save(tmp_path, broken, 2)
    assert checkpoint_folder.latest(tmp_path)[1] == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_non_finite_number_is_never_loaded(tmp_path, bad):
    save(tmp_path, 1.0)
    written = checkpoint_folder.committed(tmp_path)[0]
    broken = variables(1.0)
    broken["generator/stem/kernel"].assign(np.full((2, 3), bad))
    checkpoints._write(written, broken, 1, "", None)
    assert checkpoint_folder.verify(written) == 1  # as another program wrote it
    with pytest.raises(CheckpointError, match="not finite"):
        checkpoints.restore(written, variables())


def test_an_interrupted_save_is_swept_and_never_read(tmp_path):
    save(tmp_path, 1.0)
    unfinished = tmp_path / f"{checkpoint_folder.TEMPORARY}00000002"
    unfinished.mkdir()
    (unfinished / "variables.index").write_bytes(b"half")
    assert checkpoint_folder.latest(tmp_path)[1] == 1
    checkpoint_folder.remove_unfinished(tmp_path)
    assert not unfinished.exists()


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    path = save(tmp_path, 1.0)
    more = {**variables(), "critic/head/bias": tf.Variable([0.0])}
    with pytest.raises(CheckpointError, match=r"has no critic/head/bias\."):
        checkpoints.restore(path, more)
    fewer = {"generator/stem/kernel": variables()["generator/stem/kernel"]}
    with pytest.raises(
        CheckpointError, match=r"does not fit .* it has "
    ) as one:
        checkpoints.restore(path, fewer)
    assert str(one.value).count("\n") == 0
    wrong = {**variables(), "generator/stem/kernel": tf.Variable([[0.0]])}
    with pytest.raises(CheckpointError, match=r"stem/kernel is \[2, 3\], not"):
        checkpoints.restore(path, wrong)
    checkpoints.restore(path, fewer, partial=True)
    assert np.all(fewer["generator/stem/kernel"].numpy() == 1.0)


@pytest.mark.parametrize("name", ["take[1]", "a\\b", "[", "plain"])
def test_a_folder_may_be_called_like_a_pattern(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    save(folder, 7.0)
    received = variables()
    checkpoints.restore(checkpoint_folder.latest(folder)[0], received)
    assert received["generator/stem/kernel"].numpy().min() == 7.0


def test_a_checkpoint_is_on_the_disk_before_it_has_its_name(
    tmp_path, monkeypatch
):
    events = syncs.watch(monkeypatch)
    syncs.check_folder(events, save(tmp_path, 7.0), 3)
