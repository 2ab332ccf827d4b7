"""The SavedModel, as a program without this package sees it."""

import dataclasses
import json
import subprocess
import sys
import zlib

import numpy as np
import pytest

from experiments import export
from tests.fixtures.runs import make_run
from tests.reliability.disk import small_disk
from tests.reliability.row import NotRunError
from wavegan_cond.saved_models.export import export_run
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.storage.atomic import FolderError, WriteError
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.model_info import ModelError

STRANGER = """
import json, sys
for package in ("wavegan_cond", "data_prep", "experiments"):
    sys.modules[package] = None  # importing it fails, installed or not
import numpy as np, tensorflow as tf

model = tf.saved_model.load(sys.argv[1])
call = dict(model.signatures)
info = json.loads(call["info"]()["info"].numpy())
data = np.load(sys.argv[2])
out = {}
for count in (1, 7, 64):
    z = tf.constant(data["z"][:count])
    label = tf.constant(data["label"][:count])
    out[f"generate{count}"] = call["generate"](z=z, label=label)["audio"]
    out[f"default{count}"] = call["serving_default"](z=z, label=label)["audio"]
    weights = tf.constant(data["weights"][:count])
    out[f"mix{count}"] = call["mix"](z=z, class_weights=weights)["audio"]
errors = []
for bad_z, bad_label in ((z, label + 1), (z, label - 1), (z, label[1:]),
                         (z * float("nan"), label), (z / 0, label)):
    try:
        call["generate"](z=bad_z, label=bad_label)
        errors.append("none")
    except tf.errors.InvalidArgumentError as error:
        errors.append(str(error))
np.savez(sys.argv[3], **out)
print(json.dumps({"info": info, "errors": errors}))
"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    generator = make_run(folder / "run", latent_dim=5, width=8)
    export_run(folder / "run", folder / "model")
    return folder, generator


def test_a_program_without_this_package_makes_the_same(exported, tmp_path):
    folder, generator = exported
    z = latents.draw(0, 64, 5)
    label = (np.arange(64) % 3).astype(np.int32)
    random = np.random.default_rng(0)
    weights = random.dirichlet([1, 1, 1], 64).astype(np.float32)
    np.savez(tmp_path / "in.npz", z=z, label=label, weights=weights)
    command = [sys.executable, "-c", STRANGER, str(folder / "model")]
    command += [str(tmp_path / "in.npz"), str(tmp_path / "out.npz")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])

    live = generator(z, label)[:, :, 0]
    mixed = generator.mix(z, weights)[:, :, 0]
    out = np.load(tmp_path / "out.npz")
    for count in (1, 7, 64):
        for name, expected in (
            ("generate", live),
            ("default", live),
            ("mix", mixed),
        ):
            audio = out[f"{name}{count}"]
            assert audio.dtype == np.float32
            assert np.abs(audio - expected[:count]).max() <= 1e-6
    for error, reason in zip(
        said["errors"],
        ["from 0 to 2", "from 0 to 2", "differ in number", "finite", "finite"],
        strict=True,
    ):
        assert reason in error
    info = said["info"]
    assert info["config"]["model"]["width"] == 8
    assert info["config"]["train"]["learning_rate"] == 2e-4
    expected = load_model(folder / "run").info
    assert {k: info[k] for k in vars(expected)} == {
        **dataclasses.asdict(expected),
        "classes": list(expected.classes),
    }


def test_run_folder_and_saved_model_give_the_same_bytes(exported):
    folder, _ = exported
    run = load_model(folder / "run")
    saved = load_model(folder / "model")
    assert saved.info == run.info
    z, label = latents.draw(0, 20, 5), np.arange(20) % 3
    np.testing.assert_array_equal(
        saved.generate(z, label), run.generate(z, label)
    )
    weights = np.full((20, 3), 1 / 3)
    np.testing.assert_array_equal(saved.mix(z, weights), run.mix(z, weights))


def test_a_taken_folder_is_left_alone(exported, tmp_path):
    folder, _ = exported
    (tmp_path / "mine").write_text("mine")
    before = sorted(folder.rglob("*"))
    for target in (tmp_path, folder / "model"):
        with pytest.raises(FolderError, match="not empty"):
            export.run(str(folder / "run"), str(target))
    assert (tmp_path / "mine").read_text() == "mine"
    assert sorted(folder.rglob("*")) == before


def test_nothing_is_left_behind(exported):
    folder, _ = exported
    assert {path.name for path in folder.iterdir()} == {"run", "model"}


def test_a_killed_export_is_swept_by_the_next(exported, tmp_path):
    code = (
        "import os, signal, sys\n"
        "from wavegan_cond.saved_models import export\n"
        "from wavegan_cond.storage import checksums\n"
        "def die(folder):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "checksums.write_manifest = die\n"
        "export.export_run(*sys.argv[1:])\n"
    )
    run, target = str(exported[0] / "run"), tmp_path / "model"
    command = [sys.executable, "-c", code, run, str(target)]
    assert subprocess.run(command, capture_output=True).returncode == -9
    [left] = tmp_path.iterdir()
    assert left.name.startswith(".model.partial-")
    export_run(run, target)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    load_model(target)


@pytest.fixture
def disk(tmp_path):
    """A disk of 60,000 bytes; an export of these tests is of 200,000."""
    try:
        with small_disk(tmp_path / "disk", 60_000) as disk:
            yield disk
    except NotRunError as reason:
        pytest.skip(str(reason))


def test_a_disk_that_is_full_is_named_and_left_clean(exported, disk):
    with pytest.raises(WriteError, match=f"cannot write {disk}") as error:
        export_run(exported[0] / "run", disk / "model")
    assert error.value.exit_code == 4 and "\n" not in str(error.value)
    assert not list(disk.iterdir())


def test_a_checkpoint_can_be_chosen(tmp_path):
    make_run(tmp_path / "run", iteration=7)
    make_run(tmp_path / "run", iteration=12, seed=1)
    for checkpoint, iteration in (("newest", 12), ("7", 7), ("12", 12)):
        folder = tmp_path / checkpoint
        export.run(str(tmp_path / "run"), str(folder), checkpoint)
        assert load_model(folder).info.iteration == iteration
    with pytest.raises(ModelError, match="one state"):
        load_model(folder, checkpoint="7")


def test_rounded_weights_pack_smaller_and_sound_the_same(exported, tmp_path):
    folder, _ = exported
    export_run(folder / "run", tmp_path / "half", half=True)
    sizes = [
        len(zlib.compress(path.read_bytes()))
        for model in (folder / "model", tmp_path / "half")
        for path in (model / "variables").glob("*.data*")
    ]
    assert sizes[1] < 0.75 * sizes[0]
    half = load_model(tmp_path / "half")
    whole = load_model(folder / "model")
    assert half.info.fingerprint != whole.info.fingerprint
    z, label = latents.draw(0, 30, 5), np.arange(30) % 3
    one, other = half.generate(z, label), whole.generate(z, label)
    assert 0 < np.abs(one - other).max() < 1e-3 * np.abs(other).max()
