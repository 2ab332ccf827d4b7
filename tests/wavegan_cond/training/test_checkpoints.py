"""Checkpoints: whole or absent, verified, exact."""

import json

import numpy as np
import pytest
import tensorflow as tf

from wavegan_cond.training import checkpoints
from wavegan_cond.training.checkpoints import CheckpointError, NonFiniteError


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
    path, iteration, damaged = checkpoints.latest(tmp_path)
    checkpoints.restore(path, received)
    assert (path, iteration, damaged) == (saved, 7, [])
    for name, value in variables(7.0).items():
        np.testing.assert_array_equal(received[name], value)


def test_only_the_newest_are_kept(tmp_path):
    for value in (1, 2, 10, 11):
        save(tmp_path, value, keep=2)
    kept = [checkpoints.verify(p) for p in checkpoints.committed(tmp_path)]
    assert kept == [10, 11]


@pytest.mark.parametrize("name", ["manifest.json", "variables.index", "data"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_checkpoint_is_passed_over_and_named(tmp_path, name, harm):
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
    path, iteration, damaged = checkpoints.latest(tmp_path)
    assert iteration == 1 and path != newest
    assert len(damaged) == 1 and str(newest) in damaged[0]


def test_no_checkpoint_and_no_good_checkpoint_are_told_apart(tmp_path):
    with pytest.raises(FileNotFoundError):
        checkpoints.latest(tmp_path)
    (save(tmp_path, 1.0) / "manifest.json").unlink()
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoints.latest(tmp_path)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_non_finite_number_is_never_committed(tmp_path, bad):
    save(tmp_path, 1.0)
    broken = variables(2.0)
    broken["generator/stem/kernel"].assign(np.full((2, 3), bad))
    with pytest.raises(NonFiniteError, match="generator/stem/kernel"):
        checkpoints.save(tmp_path, broken, 2)
    assert checkpoints.latest(tmp_path)[1] == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_non_finite_number_is_never_loaded(tmp_path, bad):
    save(tmp_path, 1.0)
    written = checkpoints.committed(tmp_path)[0]
    broken = variables(1.0)
    broken["generator/stem/kernel"].assign(np.full((2, 3), bad))
    checkpoints._write(written, broken, 1, "", None)
    assert checkpoints.verify(written) == 1  # as another program wrote it
    with pytest.raises(CheckpointError, match="not finite"):
        checkpoints.restore(written, variables())


def test_an_interrupted_save_is_swept_and_never_read(tmp_path):
    save(tmp_path, 1.0)
    unfinished = tmp_path / f"{checkpoints.TEMPORARY}00000002"
    unfinished.mkdir()
    (unfinished / "variables.index").write_bytes(b"half")
    assert checkpoints.latest(tmp_path)[1] == 1
    checkpoints.remove_unfinished(tmp_path)
    assert not unfinished.exists()


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    path = save(tmp_path, 1.0)
    more = {**variables(), "critic/head/bias": tf.Variable([0.0])}
    with pytest.raises(CheckpointError, match="does not fit"):
        checkpoints.restore(path, more)
    fewer = {"generator/stem/kernel": variables()["generator/stem/kernel"]}
    with pytest.raises(CheckpointError, match="does not fit"):
        checkpoints.restore(path, fewer)
    wrong = {**variables(), "generator/stem/kernel": tf.Variable([[0.0]])}
    with pytest.raises(CheckpointError, match="does not fit"):
        checkpoints.restore(path, wrong)
    checkpoints.restore(path, fewer, partial=True)
    assert np.all(fewer["generator/stem/kernel"].numpy() == 1.0)


def test_the_manifest_names_every_file_and_its_digest(tmp_path):
    path = save(tmp_path, 3.0)
    manifest = json.loads((path / "manifest.json").read_text())
    others = {p.name for p in path.iterdir()} - {"manifest.json"}
    assert set(manifest["sha256"]) == others
    assert manifest["iteration"] == 3
