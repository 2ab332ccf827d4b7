"""The SavedModel, as a program without this package sees it."""

import dataclasses
import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from experiments import export
from experiments.reliability import hostile_models
from experiments.reliability.disk import small_disk
from experiments.reliability.row import NotRunError
from tests.runs import LENGTH, make_run
from wavegan_cond import latents, sealed, synth
from wavegan_cond.export import export_run
from wavegan_cond.files import WriteError
from wavegan_cond.folders import FolderError

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
    expected = synth.load_model(folder / "run").info
    assert {k: info[k] for k in vars(expected)} == {
        **dataclasses.asdict(expected),
        "classes": list(expected.classes),
    }


def test_run_folder_and_saved_model_give_the_same_bytes(exported):
    folder, _ = exported
    run = synth.load_model(folder / "run")
    saved = synth.load_model(folder / "model")
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


@pytest.fixture
def model(exported, tmp_path):
    shutil.copytree(exported[0] / "model", tmp_path / "model")
    return tmp_path / "model"


def files_of(model):
    return sorted(path for path in model.rglob("*") if path.is_file())


def test_no_changed_bit_loads(model):
    random = np.random.default_rng(0)
    files = files_of(model)
    assert len(files) == 5
    for path in files:
        whole = path.read_bytes()
        for place in random.integers(0, 8 * len(whole), 40):
            changed = bytearray(whole)
            changed[place // 8] ^= 1 << place % 8
            path.write_bytes(bytes(changed))
            with pytest.raises(synth.ModelError, match="damaged") as error:
                synth.load_model(model)
            assert path.name in str(error.value)
        path.write_bytes(whole)
    assert synth.load_model(model).info.length == LENGTH


def test_every_bit_of_the_manifest_counts(model):
    manifest = model / "manifest.json"
    whole = manifest.read_bytes()
    for place in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        manifest.write_bytes(bytes(changed))
        with pytest.raises(sealed.SealError):
            sealed.check(model)


def test_what_is_missing_or_added_is_named(model):
    for path in files_of(model):
        if path.name in ("manifest.json", "saved_model.pb"):
            continue
        whole = path.read_bytes()
        path.unlink()
        with pytest.raises(synth.ModelError, match=re.escape(path.name)):
            synth.load_model(model)
        path.write_bytes(whole)
    (model / "variables" / "variables.data-00001-of-00002").write_text("")
    with pytest.raises(synth.ModelError, match="00002 is not in the manifest"):
        synth.load_model(model)


def test_a_model_without_manifest_needs_trust(model):
    (model / "manifest.json").unlink()
    with pytest.raises(synth.ModelError, match="--trust_model"):
        synth.load_model(model)
    assert synth.load_model(model, trust=True).info.length == LENGTH


def test_trust_is_no_leave_to_be_damaged(model):
    (model / "fingerprint.pb").write_bytes(b"")
    with pytest.raises(synth.ModelError, match=r"fingerprint.pb has changed"):
        synth.load_model(model, trust=True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../run/config.json", "outside it"),
        ("/dev/zero", "outside it"),
        ("a\0b", "null"),
    ],
    ids=range(3),
)
def test_a_manifest_does_not_lead_out_of_the_folder(model, name, said):
    content = sealed.read(model)
    content["sha256"][name] = content["sha256"]["saved_model.pb"]
    content["self"] = sealed.digest(content)
    (model / "manifest.json").write_text(sealed.render(content))
    with pytest.raises(synth.ModelError, match=said):
        synth.load_model(model)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ""),
        ({"latent_dim": 10**12}, "latent_dim"),
        ({"latent_dim": 6}, "other sounds"),
        ({"length": 128}, "other sounds"),
        ({"sample_rate": -1}, "sample_rate"),
        ({"sample_rate": 44100.0}, "sample_rate"),
        ({"iteration": None}, "iteration"),
        ({"classes": ["kick", "kick"]}, "classes"),
        ({"classes": ["\x1b[2J"]}, "classes"),
        ({"classes": [["kick"]]}, "classes"),
        ({"classes": None}, "damaged"),
        ({"prior": "laplace"}, "prior"),
        ({"fingerprint": "../x"}, "fingerprint"),
        ({"fingerprint": None}, "damaged"),
        ({"conditional": 1}, "prior"),
    ],
)
def test_a_model_that_says_what_no_model_can(tmp_path, fields, said):
    information = {**hostile_models.INFO, **fields}
    hostile_models.write(tmp_path / "model", str, "nothing", information)
    sealed.seal(tmp_path / "model")
    if not fields:
        return synth.load_model(tmp_path / "model")
    with pytest.raises(synth.ModelError, match=said) as error:
        synth.load_model(tmp_path / "model")
    assert "\x1b" not in str(error.value)


def test_a_killed_export_is_swept_by_the_next(exported, tmp_path):
    code = (
        "import os, signal, sys\n"
        "from wavegan_cond import export, sealed\n"
        "def die(folder):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "sealed.seal = die\n"
        "export.export_run(*sys.argv[1:])\n"
    )
    run, target = str(exported[0] / "run"), tmp_path / "model"
    command = [sys.executable, "-c", code, run, str(target)]
    assert subprocess.run(command, capture_output=True).returncode == -9
    [left] = tmp_path.iterdir()
    assert left.name.startswith(".model.partial-")
    export_run(run, target)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    synth.load_model(target)


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
        assert synth.load_model(folder).info.iteration == iteration
    with pytest.raises(synth.ModelError, match="one state"):
        synth.load_model(folder, checkpoint="7")
