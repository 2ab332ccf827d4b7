"""R9: what changes the weights of a run, and what must not."""

import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from data_prep.store import batches
from experiments import demo_kit, prepare_data
from experiments.train import run_in
from tests.reliability import tiny
from tests.reliability.row import Case
from wavegan_cond.training.run_callbacks import Options

BASE = Options(checkpoint_every=10, preview_every=10, preview_sounds=1)
SAME = {
    "the same again": {},
    "a checkpoint every iteration": {"checkpoint_every": 1, "keep": 1},
    "a preview every third": {"preview_every": 3, "preview_sounds": 2},
    "no TensorBoard": {"tensorboard": False},
    "checkpoints not scored": {"best_by": "none"},
}
LOADING = {"one reader": (1, 1), "five readers, prefetch 7": (5, 7)}


def repeated(folder: Path, quick: bool) -> Iterator[Case]:
    """R9: the same seed gives the same weights, another seed others."""
    store = tiny.make_store(folder / "store", validation=60)
    expected = _train(store, folder / "first", BASE)
    for name in list(SAME)[: 3 if quick else None]:
        options = dataclasses.replace(BASE, **SAME[name])
        check = functools.partial(_same, store, options, (2, None), expected)
        yield Case(name, check)
    for name in list(LOADING)[1 if quick else 0 :]:
        check = functools.partial(_same, store, BASE, LOADING[name], expected)
        yield Case(name, check)
    yield Case("another seed", functools.partial(_other, store, expected))
    yield Case("1, 2 and 3 workers prepare the same store", _workers)


def _train(store, place: Path, options: Options, seed: int = 0) -> dict:
    config = tiny.train_config(iterations=20, seed=seed, average=0.9)
    run_in(place, store, tiny.MODEL, config, options)
    return tiny.tensors(place)[1]


def _same(store, options, loading, expected, place: Path) -> None:
    readers, prefetch = loading
    with mock.patch.multiple(batches, READERS=readers, PREFETCH=prefetch or -1):
        found = _train(store, place / "run", options)
    different = [name for name in expected if found[name] != expected[name]]
    assert found.keys() == expected.keys() and not different, different


def _other(store, expected: dict, place: Path) -> None:
    found = _train(store, place / "run", BASE, seed=1)
    same = [name for name in expected if found[name] == expected[name]]
    # What begins at zero and has no gradient yet, and the counters.
    assert len(same) < len(expected) / 2, same


def _workers(place: Path) -> None:
    demo_kit.run(demo_kit.Settings(output_dir=str(place / "kit"), num=12))
    contents = []
    for workers in (1, 2, 3):
        store = place / f"store_{workers}"
        prepare_data.run(
            prepare_data.Settings(
                input_dir=(str(place / "kit"),),
                output_dir=str(store),
                length=1024,
                workers=workers,
            )
        )
        files = sorted(store.iterdir())
        contents.append([(path.name, path.read_bytes()) for path in files])
    assert contents[0] == contents[1] == contents[2], "other bytes"
