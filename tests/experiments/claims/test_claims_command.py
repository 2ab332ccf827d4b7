"""The claims from data to verdicts, with trainings of two iterations."""

import dataclasses
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from data_prep.store.store import open_store
from experiments.claims import __main__ as command
from experiments.claims import measure, runs
from experiments.claims.variants import VARIANTS
from experiments.common import cli
from experiments.common.parallel_runs import TrainingError
from experiments.common.preflight import RunError
from tests.fixtures import commands, drums, stores
from tests.fixtures.environments import ROOT
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.evaluation import latent_space, references
from wavegan_cond.storage.atomic import WriteError
from wavegan_cond.training import precision

PROTOCOL = {
    "variants": "base",
    "length": drums.LENGTH,
    "width": 1,
    "latent_dim": 3,
    "embedding_dim": 4,
    "batch_size": 4,
    "critic_updates": 1,
    "iterations": 2,
    "at_once": 2,
}


def call(folder, **changes):
    settings = {
        "data_dir": folder / "data",
        "output_dir": folder / "runs",
        "results_dir": folder / "results",
        **PROTOCOL,
        **changes,
    }
    commands.call(command, **settings)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("claims")
    drums.make_store(folder / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "SOUNDS", 50)
        patch.setattr(measure, "MEASURED", 40)
        patch.setattr(references, "EPOCHS", 2)
        patch.setattr(latent_space, "PATHS", 3)
        patch.setattr(latent_space, "STEPS", 8)
        patch.setattr(latent_space, "DIRECTIONS", 40)
        call(folder)
    return folder


def test_each_run_leaves_a_result_and_all_a_verdict(place):
    results = place / "results"
    for seed in (0, 1):
        found = json.loads((results / f"base_{seed}.json").read_text())
        assert found["seed"] == found["train"]["seed"] == seed
        assert found["report"]["accuracy"]["trials"] == 150
        assert found["seconds"] > 0
    claims = {
        f["claim"] for f in json.loads((results / "claims.json").read_text())
    }
    assert claims == {"C1b", "C6b", "C7c", "C10"}


def test_what_cannot_be_judged_or_measured_is_not_trained(place, tmp_path):
    with pytest.raises(cli.UsageError, match="two or more"):
        call(place, seeds="0", output_dir=tmp_path / "runs")
    rows = np.zeros((180, 1024), np.int16)
    labels = np.tile(np.arange(3), 60)
    stores.write(tmp_path / "short", rows, labels, 120)
    with pytest.raises(cli.UsageError, match="1024 samples"):
        call(
            place,
            data_dir=tmp_path / "short",
            length=1024,
            output_dir=tmp_path / "runs",
            results_dir=tmp_path / "results",
        )
    assert not (tmp_path / "runs").exists()


def test_a_run_whose_last_checkpoint_is_missing_is_not_done(place, tmp_path):
    """A process that was killed while it saved has logged the iteration."""
    store = open_store(place / "data")
    shutil.copytree(place / "runs" / "base_0", tmp_path / "base_0")
    model = ModelConfig(
        **{
            name: PROTOCOL[name]
            for name in ("length", "width", "latent_dim", "embedding_dim")
        }
    )
    train = TrainConfig(iterations=PROTOCOL["iterations"])
    (run,) = runs.plan(
        [VARIANTS["base"]], [0], model, train, store.path, tmp_path
    )
    assert run.done()
    (run.path / "saved.txt").write_text("1\n")
    assert not run.done()


def test_what_is_done_is_not_done_again(place, capsys):
    before = {
        path: path.stat().st_mtime_ns
        for folder in ("runs", "results")
        for path in (place / folder).rglob("*")
        if path.is_file() and path.stem != "claims"
    }
    call(place)
    assert before == {path: path.stat().st_mtime_ns for path in before}
    call(place, output_dir=place / "elsewhere")
    assert not (place / "elsewhere").exists()


def test_the_verdicts_need_the_results_alone(place, tmp_path):
    results = shutil.copytree(place / "results", tmp_path / "results")
    code = (
        "import sys; from pathlib import Path\n"
        "from experiments.claims import report\n"
        "report.write(Path(sys.argv[1]))\n"
        "print('TensorFlow' if 'tensorflow' in sys.modules else 'light')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(results)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "C10" in done.stdout, done.stderr
    assert done.stdout.endswith("light\n")


def test_an_empty_place_of_the_results_is_not_the_current_one(capsys):
    flags = "--report_only", "--results_dir="
    assert "results_dir is needed" in commands.refused(capsys, command, *flags)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"variants": "base,nonsense"}, cli.UsageError, "any of base"),
        ({"variants": "onehot"}, cli.UsageError, "expected base"),
        ({"variants": "base,zeros,zeros"}, cli.UsageError, "two are the same"),
        ({"parts": "paths,ears"}, cli.UsageError, "any of mixture"),
        ({"seeds": "0,x"}, cli.UsageError, "whole numbers"),
        ({"data_dir": ""}, cli.UsageError, "are needed"),
        ({"results_dir": "/proc/x"}, WriteError, "cannot write /proc/x"),
        (
            {"width": 2, "results_dir": "nowhere"},
            RunError,
            "width was 1 and is now 2",
        ),
    ],
)
def test_wrong_use_is_told_of_before_any_training(place, changes, error, said):
    with pytest.raises(error, match=said):
        call(place, **changes)


def test_results_of_another_protocol_are_not_mixed_in(place, tmp_path):
    with pytest.raises(cli.UsageError, match="of another protocol"):
        call(place, output_dir=tmp_path / "runs", width=2)
    assert not (tmp_path / "runs/base_0").exists()


def test_results_of_other_seeds_are_of_this_protocol_too(place, tmp_path):
    """All of a variant are one figure."""
    results = shutil.copytree(place / "results", tmp_path / "results")
    for seed in (0, 1):
        (results / f"base_{seed}.json").rename(
            results / f"base_{seed + 7}.json"
        )
    with pytest.raises(cli.UsageError, match=r"base_7\.json is of another"):
        call(
            place,
            results_dir=results,
            output_dir=tmp_path / "runs",
            iterations=3,
        )
    assert not (tmp_path / "runs").exists()


def plan(names, folder, seeds=(0,), data="data"):
    variants = [VARIANTS[name] for name in names]
    configs = ModelConfig(), TrainConfig()
    return runs.plan(variants, seeds, *configs, folder / data, folder)


def test_a_variant_changes_what_it_says_and_nothing_else(tmp_path):
    model, train = ModelConfig(), TrainConfig()
    planned = plan(VARIANTS, tmp_path, seeds=[3, 5])
    assert len(planned) == 2 * len(VARIANTS)
    for run in planned:
        now = vars(run.model) | vars(run.train)
        usual = vars(model) | vars(train) | {"seed": run.seed}
        changed = {key for key in now if now[key] != usual[key]}
        wanted = {
            key
            for key, value in run.variant.flags.items()
            if usual[key] != value
        }
        assert changed == wanted
        assert run.seed in (3, 5)
        small = f"data_{run.variant.sounds}"
        assert run.data_dir.name == (small if run.variant.sounds else "data")


def test_a_result_says_the_precision_it_was_trained_in(tmp_path):
    """Not that it was chosen: results of two machines would be one figure."""
    store = drums.make_store(tmp_path / "data", train=2)
    settings = command.Settings(
        output_dir=str(tmp_path), results_dir="x", variants=("base",)
    )
    train = TrainConfig(precision=precision.AUTO)
    planned = command.plan_runs(settings, store, ModelConfig(), train)
    chosen = precision.resolve(precision.AUTO)
    assert chosen != precision.AUTO
    assert {run.train.precision for run in planned} == {chosen}


def test_smaller_stores_are_drawn_once_from_one_store(tmp_path):
    store = drums.make_store(tmp_path / "data", train=110)
    planned = plan(["sounds100"], tmp_path)
    runs.make_stores(store, planned)
    small = open_store(planned[0].data_dir, verify=True)
    assert (small.train, len(small.labels)) == (300, 360)
    runs.make_stores(store, planned)
    other = drums.make_store(tmp_path / "other", train=120)
    with pytest.raises(cli.UsageError, match="drawn from another set"):
        runs.make_stores(other, planned)


def test_a_variant_of_more_sounds_than_there_are_is_named(tmp_path):
    store = drums.make_store(tmp_path / "data", train=110)
    said = (
        "sounds300 takes 300 training sounds of each class, and "
        f"{store.path} has 110 of kick: leave it out of --variants"
    )
    with pytest.raises(cli.UsageError) as error:
        runs.make_stores(store, plan(["sounds100", "sounds300"], tmp_path))
    assert str(error.value) == said
    assert not (tmp_path / "data_100").exists()


def test_a_training_that_fails_says_where_to_look(tmp_path):
    planned = plan(["base"], tmp_path, data="nothing")
    with pytest.raises(TrainingError, match=r"base_0\.log"):
        runs.train_all(planned, 1, print)
    assert "nothing" in (tmp_path / "base_0.log").read_text()


def test_what_is_done_is_measured_though_another_fails(place, tmp_path):
    shutil.copytree(place / "runs/base_0", tmp_path / "base_0")
    train = TrainConfig(iterations=PROTOCOL["iterations"])
    missing, seeds = tmp_path / "nothing", [0, 1]
    good, bad = runs.plan(
        [VARIANTS["base"]], seeds, ModelConfig(), train, missing, tmp_path
    )
    measured = []
    with pytest.raises(TrainingError, match="base_1"):
        runs.train_all([bad, good], 1, measured.append)
    assert measured == [good]


def test_without_a_gpu_a_training_that_wants_one_is_refused(tmp_path):
    drums.make_store(tmp_path / "data", train=110)
    (run,) = plan(["base"], tmp_path)
    run = dataclasses.replace(run, model=ModelConfig(length=drums.LENGTH))
    with pytest.raises(TrainingError) as error:
        runs.train_all([run], 1, print, require_gpu=True)
    assert error.value.exit_code == 2
    assert (
        "--require_gpu: TensorFlow sees no"
        in (tmp_path / "base_0.log").read_text()
    )
    assert not (tmp_path / "base_0").exists()


def test_results_of_before_a_setting_are_as_if_it_had_been_there(tmp_path):
    found = {"model": {"width": 16}, "train": {"seed": 3}, "seed": 3}
    wanted = {
        "model": {**measure.DEFAULTS["model"], "width": 16},
        "train": {**measure.DEFAULTS["train"], "seed": 3},
        "seed": 3,
    }
    measure._check_same(tmp_path / "a.json", found, wanted)
    wanted["train"]["drift"] = 0.5
    with pytest.raises(
        cli.UsageError, match=r"its train drift is 0\.0 and not"
    ):
        measure._check_same(tmp_path / "a.json", found, wanted)
