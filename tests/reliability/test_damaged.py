"""R4: no changed bit loads in silence.

Bits flipped and files cut short in checkpoints, stores and exports.
"""

import contextlib
import io
import random
import shutil

import numpy as np
import pytest

from data_prep.store.store import StoreError, open_store
from experiments.common.training import run_in
from tests.fixtures import tiny
from tests.reliability.cases import each
from wavegan_cond.saved_models.formats import export_model
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis.model_info import ModelError
from wavegan_cond.training import checkpoint_folder
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.run_dir import RunDir

KINDS = ("checkpoint", "store", "export")
CASES = [("flip", seed) for seed in range(200)]
CASES += [("cut", seed) for seed in range(50)]
QUICK = [case for case in CASES if case[1] < 6]


@pytest.fixture(scope="module")
def folders(store, tmp_path_factory):
    """One of each kind."""
    folder = tmp_path_factory.mktemp("run")
    config, run_dir = tiny.train_config(iterations=2), RunDir(folder / "run")
    options = RunOptions(checkpoint_every=1, tensorboard=False)
    run_in(run_dir.path, store, tiny.MODEL, config, options)
    export_model(run_dir.path, folder / "model")
    found = run_dir.checkpoints, store.path, folder / "model"
    return dict(zip(KINDS, found, strict=True))


def load_checkpoint(folder):
    """Returns "" for the newest checkpoint, else why it was passed over."""
    with contextlib.redirect_stderr(io.StringIO()) as told:
        path, iteration = checkpoint_folder.latest(folder)
    tiny.digests(path)
    warning = told.getvalue()
    assert iteration == (1 if warning else 2), "the wrong one was used"
    if warning:
        assert "iteration_00000002" in warning, "it was not named"
    return warning


def load_store(folder):
    store = open_store(folder)
    store.read_rows(np.arange(len(store.labels)))


def complaint(kind, folder):
    """Loads a copy; returns what is said of it, or ""."""
    if kind == "checkpoint":
        return load_checkpoint(folder)
    try:
        (load_store if kind == "store" else load_model)(folder)
    except (StoreError, ModelError) as error:
        return str(error)
    return ""


@each("kind", KINDS, quick=KINDS)
def test_whole(folders, tmp_path, kind):
    copy = shutil.copytree(folders[kind], tmp_path / "copy")
    assert not complaint(kind, copy)


def describe(case):
    harm, seed = case
    return f"{KINDS[seed % len(KINDS)]}, {harm}, seed {seed}"


@each("case", CASES, quick=QUICK, label=describe)
def test_damaged(folders, tmp_path, case):
    harm, seed = case
    kind = KINDS[seed % len(KINDS)]
    copy = shutil.copytree(folders[kind], tmp_path / "copy")
    draw = random.Random(f"{harm} {seed}")
    newest = max(copy.glob("iteration_*"), default=copy)
    files = sorted(p for p in newest.rglob("*") if p.is_file())
    victim = draw.choice([path for path in files if path.stat().st_size])
    content = bytearray(victim.read_bytes())
    if harm == "flip":
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    else:
        del content[draw.randrange(len(content)) :]
    victim.write_bytes(content)
    assert complaint(kind, copy), f"{victim.name} was loaded in silence"
