"""The run folder: its files, its lock, and that it stays where it is."""

import os
import shutil

import pytest

from wavegan_cond.settings import ConfigError
from wavegan_cond.storage import temporary
from wavegan_cond.training.run_dir import RunDir, RunError, RunLostError


def test_a_config_that_never_ends_is_not_read(tmp_path):
    run_dir = RunDir(tmp_path)
    os.mkfifo(run_dir.config)
    with pytest.raises(RunError, match="no regular file") as caught:
        run_dir.read_config()
    assert caught.value.exit_code == 2
    run_dir.config.unlink()
    with open(run_dir.config, "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(RunError, match="more than"):
        run_dir.read_config()


def test_a_folder_without_a_config_is_no_run_folder(tmp_path):
    (tmp_path / "file").touch()
    for name in (".", "absent", "file"):
        with pytest.raises(RunError, match="is no run folder: it has no"):
            RunDir(tmp_path / name).read_config()


def test_a_config_that_is_none_is_named(tmp_path):
    run_dir = RunDir(tmp_path)
    run_dir.config.write_text("[]")
    with pytest.raises(ConfigError, match=r"config\.json: not a config"):
        run_dir.read_config()


@pytest.mark.parametrize(
    "name", ["flags.txt", "log.csv", "scores.csv", "loss.png"]
)
def test_a_file_of_another_is_not_replaced(tmp_path, name):
    run_dir = RunDir(tmp_path)
    run_dir.create()
    (tmp_path / "notes.txt").write_text("beside it nothing is in the way")
    run_dir.check_unused()
    (tmp_path / name).symlink_to("elsewhere")
    with pytest.raises(RunError, match=f"{name} is there"):
        run_dir.check_unused()
    (run_dir.checkpoints / "iteration_00000001").mkdir()
    run_dir.check_unused()


def delete(run_dir):
    shutil.rmtree(run_dir.path)


def move(run_dir):
    run_dir.path.rename(run_dir.path.with_name("moved"))


def replace(run_dir):
    move(run_dir)
    run_dir.create()


def empty(run_dir):
    shutil.rmtree(run_dir.checkpoints)


@pytest.mark.parametrize("change", [delete, move, replace, empty])
def test_a_folder_that_is_gone_is_noticed(tmp_path, change):
    run_dir = RunDir(tmp_path / "run")
    run_dir.create()
    with run_dir.lock():
        run_dir.check_there()
        change(run_dir)
        with pytest.raises(RunLostError, match="deleted or moved") as caught:
            run_dir.check_there()
    assert caught.value.exit_code == 4 and "\n" not in str(caught.value)


def test_what_a_killed_run_left_is_swept(tmp_path):
    run_dir = RunDir(tmp_path)
    preview = run_dir.previews / "iteration_00000500"
    preview.mkdir(parents=True)
    for place, name in ((tmp_path, "log.csv"), (preview, "kick_0.wav")):
        left = place / temporary.make_name(name, temporary.PARTIAL)
        left.write_text("half")
    (preview / "kick_1.wav").write_text("whole")
    with run_dir.lock():
        names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["lock", "previews"]
    assert [path.name for path in preview.iterdir()] == ["kick_1.wav"]
