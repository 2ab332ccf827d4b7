"""R4: bits flipped and files cut short in all that is loaded."""

import functools
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from data_prep.store.store import StoreError, open_store
from tests.reliability import tiny
from tests.reliability.row import Case
from wavegan_cond.saved_models.export import export_run
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis.model_info import ModelError
from wavegan_cond.training import checkpoints


def damaged(folder: Path, quick: bool) -> Iterator[Case]:
    """R4: a random bit or a random cut, in a random file, of each kind."""
    artefacts = _make(folder)
    for name, (source, load) in artefacts.items():
        yield Case(f"{name}, whole", functools.partial(_whole, source, load))
    names = list(artefacts)
    for harm, count in (("flip", 200), ("cut", 50)):
        for seed in range(12 if quick else count):
            name = names[seed % len(names)]
            source, load = artefacts[name]
            check = functools.partial(_damaged, source, load, harm, seed)
            yield Case(f"{name}, {harm}, seed {seed}", check)


def _make(folder: Path) -> dict[str, tuple[Path, Callable[[Path], str]]]:
    """Makes one of each kind: name -> (folder, what loads it)."""
    from experiments.train import run_in
    from wavegan_cond.training.run_callbacks import Options
    from wavegan_cond.training.run_dir import RunDir

    store = tiny.make_store(folder / "store")
    config, run_dir = tiny.train_config(iterations=2), RunDir(folder / "run")
    options = Options(checkpoint_every=1, tensorboard=False)
    run_in(run_dir.path, store, tiny.MODEL, config, options)
    export_run(run_dir.path, folder / "model")
    return {
        "checkpoint": (run_dir.checkpoints, _load_checkpoint),
        "store": (store.path, _load_store),
        "export": (folder / "model", _load_export),
    }


def _load_checkpoint(folder: Path) -> str:
    """Returns "" for the newest checkpoint, else why it was passed over."""
    path, iteration, passed_over = checkpoints.latest(folder)
    tiny.digests(path)
    assert iteration == (1 if passed_over else 2), "the wrong one was used"
    if passed_over:
        assert "iteration_00000002" in passed_over[0], "it was not named"
    return "; ".join(passed_over)


def _load_store(folder: Path) -> str:
    try:
        store = open_store(folder)
        store.read_rows(np.arange(len(store.labels)))
    except StoreError as error:
        return str(error)
    return ""


def _load_export(folder: Path) -> str:
    try:
        load_model(folder)
    except ModelError as error:
        return str(error)
    return ""


def _whole(source: Path, load: Callable[[Path], str], place: Path) -> None:
    complaint = load(shutil.copytree(source, place / "copy"))
    assert not complaint, complaint


def _damaged(
    source: Path,
    load: Callable[[Path], str],
    harm: str,
    seed: int,
    place: Path,
) -> None:
    copy = shutil.copytree(source, place / "copy")
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
    assert load(copy), f"{victim.relative_to(copy)} was loaded in silence"
