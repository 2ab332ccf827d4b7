"""The training command as an operator meets it.

Runs that are killed, asked to stop or given data that does not fit are tried
in tests/reliability.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys

import pytest

from experiments import train
from experiments.common import cli
from tests.fixtures import tiny
from tests.fixtures.commands import end, refused
from tests.fixtures.processes import wait_for_iteration
from tests.wavegan_cond.training.test_loop import assert_same
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.training import progress, strategy
from wavegan_cond.training.run_dir import RunDir

LONG = 100_000


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tiny.make_store(tmp_path_factory.mktemp("data") / "store")


def flags(store, run_dir, *more):
    return tiny.command(store.path, run_dir, *tiny.QUIET, *more)[3:]


def command(*arguments):
    return [sys.executable, "-m", "experiments.train", *flags(*arguments)]


def test_the_command_shown_last_is_one_for_a_shell():
    words = shlex.split(train.next_command("my drums/it's a run"))
    assert words[3:] == ["--model=my drums/it's a run", "--output_dir=sounds"]


@pytest.mark.parametrize(
    ("flag", "complaint"),
    [
        ("--batch_sise=4", "Unknown command line flag 'batch_sise'"),
        ("--batch_size=0", "range [1, 65536]"),
        ("--width=many", "width"),
        ("--loss=lsgan", "wgan-gp|wgan|logistic"),
        ("--length=100", "expected one of [64, 256"),
        ("--flagfile=nowhere.flags", "nowhere.flags"),
        ("stray", "unexpected argument 'stray'"),
    ],
)
def test_a_wrong_flag_is_refused_before_any_work(
    store, tmp_path, capsys, flag, complaint
):
    arguments = flags(store, tmp_path / "run", flag)
    assert complaint in refused(capsys, train, *arguments)
    assert not list(tmp_path.iterdir())


def test_a_damaged_sound_ends_the_run_and_is_named(tmp_path, capsys):
    store = tiny.make_store(tmp_path / "store")
    with (store.path / "waveforms.npy").open("r+b") as file:
        file.seek(-store.length, 2)  # a validation row: not read in training
        file.write(b"?")
        file.seek(store.waveforms.offset)
        file.write(b"?")
    assert end(train, *flags(store, tmp_path / "run", "--iterations=30")) == 2
    said = capsys.readouterr().err
    complaint = said.strip().splitlines()[-1]
    assert "Traceback" not in said
    assert complaint.startswith("error: ") and "row 0 of waveforms" in complaint


def test_what_was_learned_is_saved_when_the_store_goes(tmp_path):
    store, run_dir = tiny.make_store(tmp_path / "store"), tmp_path / "run"
    arguments = command(store, run_dir, f"--iterations={LONG}")
    with subprocess.Popen(
        arguments, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for_iteration(process, run_dir, 3)
        shutil.rmtree(store.path)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 2 and "Traceback" not in said
    complaint = said.strip().splitlines()[-1]
    assert complaint.startswith(f"error: {store.path} is not a whole store: ")
    rows = tiny.log_rows(run_dir)
    saved, _ = tiny.tensors(run_dir)
    assert saved == len(rows) >= 3  # every iteration that was done


@pytest.mark.parametrize(
    "more",
    [[], ["--batch_size=6", "--iterations=4", "--stages=64:4@8"]],
)
def test_a_batch_for_other_devices_is_refused_before_a_run_begins(
    store, tmp_path, monkeypatch, capsys, more
):
    """A stage's too, that would be reached after hours."""
    monkeypatch.setattr(strategy, "list_devices", lambda kind: ["x"] * 3)
    place = tmp_path / "run"
    complaint = refused(capsys, train, *flags(store, place, *more))
    assert "does not divide over 3 devices" in complaint
    assert not (place / "config.json").exists()


def test_a_folder_whose_name_is_no_text_is_refused(store, tmp_path, capsys):
    place = tmp_path / os.fsdecode(b"caf\xe9")
    complaint = refused(capsys, train, *flags(store, place))
    assert "is not UTF-8" in complaint and not place.exists()


def test_the_folder_of_the_data_is_no_run_folder(store, capsys):
    complaint = refused(capsys, train, *flags(store, store.path))
    assert "is the folder of --data_dir" in complaint
    assert not (store.path / "config.json").exists()


def test_fewer_iterations_than_are_done_change_no_record(
    store, tmp_path, capsys
):
    run_dir = RunDir(tmp_path)
    run_dir.saved.write_text("12\n")
    run_dir.flags.write_text("--iterations=12\n")
    complaint = refused(
        capsys, train, *flags(store, tmp_path, "--iterations=11")
    )
    assert "has done 12 iterations" in complaint
    assert run_dir.flags.read_text() == "--iterations=12\n"
    assert not run_dir.config.exists()


@pytest.mark.parametrize("name", ["log.csv", "config.json"])
def test_the_folder_of_another_program_stays_as_it_is(
    store, tmp_path, capsys, name
):
    (tmp_path / name).write_text("mine")
    complaint = refused(capsys, train, *flags(store, tmp_path))
    assert str(tmp_path / name) in complaint
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_signal_that_comes_in_the_last_iteration_stops_nothing(
    store, tmp_path, monkeypatch, capsys
):
    note = progress.Progress.__call__

    def signalled(self, iteration, logs):
        note(self, iteration, logs)
        if iteration == 2:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(progress.Progress, "__call__", signalled)
    assert end(train, *flags(store, tmp_path, "--iterations=2")) == 0
    said = capsys.readouterr().out
    assert "done in" in said and "stopped" not in said
    assert end(train, *flags(store, tmp_path, "--iterations=4")) == 0
    assert len(tiny.log_rows(tmp_path)) == 4


def test_a_run_folder_serves_one_run_and_one_process(store, tmp_path, capsys):
    process = start(store, tmp_path, f"--iterations={LONG}")
    wait_for_iteration(process, tmp_path, 1)
    try:
        complaint = refused(capsys, train, *flags(store, tmp_path))
        assert f"in use by process {process.pid}" in complaint
    finally:
        process.terminate()
        process.wait(120)
    other = flags(store, tmp_path, "--learning_rate=0.001")
    complaint = refused(capsys, train, *other)
    assert "--learning_rate was 0.0002 and is now 0.001" in complaint


def test_the_written_flags_repeat_the_run(store, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    more = (
        "--iterations=3",
        "--seed=9",
        "--learning_rate=0.0003",
        "--precision=auto",
    )
    assert end(train, *flags(store, first, *more)) == 0
    flagfile = f"--flagfile={first / 'flags.txt'}"
    assert end(train, flagfile, f"--run_dir={second}") == 0
    chosen = RunDir(first).read_config()[1].precision
    written = RunDir(first).flags.read_text().split()
    assert f"--precision={chosen}" in written and chosen != "auto"
    assert_same(RunDir(first), RunDir(second))
    # Of both, --preview_every=0 is among the flags.
    assert not any(map(os.listdir, (first / "previews", second / "previews")))


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("paper", {"latent_dim": 100, "beta_2": 0.99, "width": 64}),
        ("paper_dz3", {"latent_dim": 3, "beta_2": 0.99, "width": 64}),
        (
            "wavegan",
            {"conditioning": "none", "upsampling": "zeros", "beta_2": 0.9},
        ),
        ("cpu", {"width": 16, "latent_dim": 3}),
    ],
)
def test_presets_are_whole(preset, expected):
    given = [f"--flagfile={preset}", "--data_dir=d", "--run_dir=r"]
    values = cli.parse(train.FLAGS, "", ["train", *given])
    model = cli.read_config(ModelConfig, values, classes=("a",))
    found = vars(model) | vars(cli.read_config(TrainConfig, values))
    assert found.items() >= expected.items()


def start(store, run_dir, *more):
    return subprocess.Popen(
        command(store, run_dir, *more),
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


@pytest.mark.slow
def test_a_run_whose_checkpoints_are_gone_does_not_begin_again(
    tmp_path, store, capsys
):
    arguments = flags(store, tmp_path, "--iterations=4", "--keep=1")
    assert end(train, *arguments) == 0
    log, moved = RunDir(tmp_path).log.read_bytes(), tmp_path / "elsewhere"
    RunDir(tmp_path).checkpoints.rename(moved)
    more = [*arguments, "--iterations=8"]
    assert "bring it back" in refused(capsys, train, *more)
    assert RunDir(tmp_path).log.read_bytes() == log
    RunDir(tmp_path).checkpoints.rmdir()
    moved.rename(RunDir(tmp_path).checkpoints)
    assert end(train, *more) == 0
    assert len(tiny.log_rows(tmp_path)) == 8
