"""Systems trained side by side for a time, exported and measured."""

import json
import os
import re
import signal
import subprocess
import time

import pytest

from experiments import evaluate, export, reproduce, train
from experiments.common import cli
from experiments.common.parallel_runs import TrainingError
from tests.fixtures import commands, drums, processes
from tests.fixtures.commands import refused
from wavegan_cond.evaluation import latent_space, references
from wavegan_cond.training.run_dir import RunDir

SMALL = (
    f"--length={drums.LENGTH}",
    "--width=1",
    "--latent_dim=3",
    "--embedding_dim=4",
    "--batch_size=4",
    "--critic_updates=1",
    "--notensorboard",
    "--preview_every=1000",
)
CLASSES = ["kick", "snare", "cymbal"]
REPORT = json.dumps(
    {
        "classes": CLASSES,
        "generated": {"classes": {name: {"kad": 1.25} for name in CLASSES}},
    }
)
HERE = {"experiments.export": export, "experiments.evaluate": evaluate}


@pytest.fixture
def data(tmp_path):
    drums.make_store(tmp_path / "data")
    return tmp_path / "data"


def preset(folder, name, *flags):
    path = folder / f"{name}.flags"
    path.write_text("\n".join([*SMALL, *flags]))
    return str(path)


def test_each_is_trained_and_measured(data, tmp_path, monkeypatch, capsys):
    """But that what is measured is small, and in this process."""
    monkeypatch.setattr(latent_space, "PATHS", 3)
    monkeypatch.setattr(latent_space, "STEPS", 8)
    monkeypatch.setattr(latent_space, "DIRECTIONS", 40)
    monkeypatch.setattr(references, "EPOCHS", 2)
    called = []

    def call(module, *flags):
        called.append(module)
        # What was exported while it grew has the rate of the store too.
        assert ("--full_rate" in flags) == (module == "experiments.export")
        assert not commands.end(HERE[module], *flags)

    monkeypatch.setattr(reproduce, "call", call)
    # The second has been measured, so that this takes half the time.
    second = tmp_path / "out/second"
    for name in ("model_00000002", "report_00000002"):
        (second / name).mkdir(parents=True)
    (second / "report_00000002/report.json").write_text(REPORT)
    systems = [
        preset(tmp_path, "first", "--iterations=3"),
        preset(tmp_path, "second", "--iterations=2"),
    ]
    for _ in range(2):  # again: all is there
        commands.call(
            reproduce,
            data_dir=data,
            output_dir=tmp_path / "out",
            systems=",".join(systems),
            minutes=9,
        )
        said = capsys.readouterr().out
        for name, count in (("first", 3), ("second", 2)):
            kads = r"KAD [\d.]+ / [\d.]+ / [\d.]+ \(kick / snare / cymbal\)"
            line = (
                rf"{name}: {count} iterations of \d+ ms, {kads}; .*index.html"
            )
            assert re.search(line, said), said
            folder = tmp_path / "out" / name
            assert RunDir(folder / "run").last_saved() == count
        assert (tmp_path / "out/first/model_00000003/saved_model.pb").exists()
        assert (tmp_path / "out/first/report_00000003/index.html").exists()
    assert called == list(HERE)


def test_what_has_not_begun_in_the_time_is_told(tmp_path):
    system = reproduce.System("late", tmp_path, (), 9)
    said = reproduce.finish(system, "data")
    assert said == f"late: no iteration was saved; see {system.log}"


def test_it_is_named_by_what_was_saved_and_says_what_was_not(
    tmp_path, monkeypatch, capsys
):
    """As where the disk was full at its end."""
    monkeypatch.setattr(reproduce, "count", lambda run: 9)
    monkeypatch.setattr(reproduce.run_clock, "iteration_seconds", lambda _: 1)
    for name in ("run", "model_00000005", "report_00000005"):
        (tmp_path / name).mkdir()
    (tmp_path / "run/saved.txt").write_text("5")
    (tmp_path / "report_00000005/report.json").write_text(REPORT)
    system = reproduce.System("full", tmp_path, (), 9)
    assert reproduce.finish(system, "data").startswith("full: 5 iterations")
    said = capsys.readouterr().out
    assert said == f"full: 4 iterations were not saved; {system.log}\n"


def test_a_system_that_fails_keeps_no_other_from_being_measured(
    tmp_path, monkeypatch, capsys
):
    def finish(system, data_dir):
        if system.name != "good":
            raise TrainingError(f"{system.name} failed", 3)
        return "good: measured"

    monkeypatch.setattr(reproduce, "finish", finish)
    systems = [
        reproduce.System(name, tmp_path, (), 9)
        for name in ("bad", "good", "worse")
    ]
    with pytest.raises(TrainingError, match="bad failed"):
        reproduce.finish_all(systems, "data", [])
    assert capsys.readouterr().out == "good: measured\n"


def test_a_training_that_fails_ends_no_other_and_gives_its_code(
    data, tmp_path, monkeypatch
):
    finished = []
    monkeypatch.setattr(
        reproduce, "finish", lambda system, _: finished.append(system.name)
    )
    systems = [
        preset(tmp_path, "bad", "--batch_size=1000"),
        preset(tmp_path, "good", "--iterations=2"),
    ]
    with pytest.raises(
        TrainingError, match=r"bad failed: see .*train\.log"
    ) as e:
        commands.call(
            reproduce,
            data_dir=data,
            output_dir=tmp_path / "out",
            systems=",".join(systems),
        )
    assert e.value.exit_code == 2
    assert "batch" in (tmp_path / "out/bad/train.log").read_text()
    assert RunDir(tmp_path / "out/good/run").last_saved() == 2
    assert finished == ["bad", "good"]


def test_all_that_fail_are_told_and_none_goes_on_where_none_is_left(
    tmp_path, capsys
):
    """As where a GPU is asked for and there is none."""
    systems = [
        reproduce.System(name, tmp_path / name, ("--no_flag",), 9)
        for name in ("one", "two", "three")
    ]
    errors = reproduce.train_all(systems, 9)
    said = capsys.readouterr().err
    for system in systems:
        failed = f"the training {system.name} failed: see {system.log}"
        assert said.count(failed) == 1
        assert [str(error) for error in errors].count(failed) == 1
    assert not said.strip().endswith("the others go on")


def test_a_preset_with_folders_is_trained_in_those_of_the_command(tmp_path):
    """As the flags.txt of a run has them."""
    flags = preset(tmp_path, "flags", "--run_dir=mine", "--data_dir=mine")
    settings = reproduce.Settings(
        data_dir="data", output_dir=str(tmp_path), systems=(flags,)
    )
    (system,) = reproduce.plan(settings)
    values = cli.parse(train.FLAGS, "", ["", *system.flags])
    assert values.data_dir == "data" and values.run_dir == str(system.run)


def test_ctrl_c_is_one_line_and_leaves_none_behind(data, tmp_path):
    words = processes.started(
        "reproduce",
        data_dir=data,
        output_dir=tmp_path / "out",
        systems=preset(tmp_path, "first"),
    )
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.default_int_handler
        ),
    )
    while not (tmp_path / "out/first/train.log").exists():
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate()
    assert process.returncode == 128 + signal.SIGINT
    assert said == "stopped and saved; the same command continues\n"
    assert not list((tmp_path / "out").glob("*/model*"))


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--systems=paper,paper"], "different names"),
        (["--with_flags=--widht=3"], "widht"),
        (['--with_flags=--width="32'], "No closing quotation"),
        (["--with_flags=--width=3 --help"], "lists the flags"),
        (["--with_flags=--run_dir=x"], "--run_dir is not of a training here"),
        (["--with_flags=-data_dir x"], "--data_dir is not of a training here"),
        (["--systems=absent"], "absent"),
        (["--minutes=0"], "minutes"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_trained(
    data, tmp_path, capsys, flags, said
):
    folders = f"--data_dir={data}", f"--output_dir={tmp_path / 'out'}"
    assert said in refused(capsys, reproduce, *folders, *flags)
    assert not (tmp_path / "out").exists()
