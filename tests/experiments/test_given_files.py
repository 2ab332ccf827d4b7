"""Files that a person gives are read with limits, whatever they are."""

import os

import pytest
from absl import flags

from experiments import listen, preview
from experiments.claims import growing_plan, results
from experiments.claims.published_sounds import read_index
from experiments.common import cli, flag_text
from wavegan_cond.config import ModelConfig, TrainConfig


def preview_plan(path):
    preview.plan(path.parent, ModelConfig(), end=0.0, seed=0)


def growing_plan_of(path):
    growing_plan.plan(path.parent, 1.0, ModelConfig(), TrainConfig())


READERS = {
    "plan.json": preview_plan,
    "answers.csv": lambda path: list(listen.read(path)),
    "growing/plan.json": growing_plan_of,
    "result.json": results.read_result,
    "index.csv": lambda path: read_index(path.parent),
    "own.flags": lambda path: list(flag_text.expanded([f"--flagfile={path}"])),
}
KINDS = {
    "pipe": os.mkfifo,
    "endless": lambda path: path.symlink_to("/dev/zero"),
    "folder": os.mkdir,
    "sparse": lambda path: (path.touch(), os.truncate(path, 1 << 40)),
    "binary": lambda path: path.write_bytes(bytes(range(256)) * 9),
    "text": lambda path: path.write_text("drums\n"),
    "empty": lambda path: path.write_text(""),
    "deep": lambda path: path.write_text("[" * 99_999),
    "zeros": lambda path: path.write_bytes(b"\0" * 999),
    "list": lambda path: path.write_text("[1]"),
    "lacking": lambda path: path.write_text("{}"),
    "odd": lambda path: path.write_text('{"grown": [], "direct": 1}'),
    "other": lambda path: path.write_text('{"grown": {"x": 1}}'),
}
OBJECTS = {"lacking", "odd", "other"}
TEXTS = {"text", "empty", "deep", "zeros", "list"} | OBJECTS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", READERS)
def test_each_ends_with_one_line(name, kind, tmp_path):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    KINDS[kind](path)
    if name == "own.flags" and kind in TEXTS:
        lines = path.read_text().splitlines()
        assert READERS[name](path) == lines  # absl says what is no flag
        return
    if name == "result.json" and kind in OBJECTS:
        return  # an object: what it lacks is said where it is missed
    with pytest.raises((cli.UsageError, flags.Error)) as error:
        READERS[name](path)
    said = str(error.value)
    assert str(path) in said and len(said.splitlines()) == 1
