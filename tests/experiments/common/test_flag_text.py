"""Flagfiles of any editor, and paths that begin at home."""

import dataclasses

import pytest

from experiments.common import cli
from experiments.common.flag_text import CONFIGS, find_flagfile
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.training.options import RunOptions


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    num: int = setting(1, "how many")
    path: str | None = setting(None, "where to")
    several: tuple[str, ...] = setting((), "where from", repeated=True)
    names: tuple[str, ...] = setting((), "which")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Needed:
    label: str = setting(REQUIRED, "what is needed")
    num: int = setting(1, "how many")
    share: float = setting(0.5, "how much")


def read(*argv):
    values = cli.parse(cli.make_flags(Settings), "", ["script", *argv])
    return cli.read_config(Settings, values)


def wrong(capsys, *argv):
    """The complaint of arguments that end a script with code 2."""
    with pytest.raises(SystemExit) as caught:
        read(*argv)
    assert caught.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_mark_in_front_of_a_flagfile_is_no_flag(tmp_path, encoding, end):
    if encoding == "utf-16":
        text = "\ufeff--num=3" + end
        (tmp_path / "inner").write_bytes(text.encode("utf-16-be"))
    else:
        (tmp_path / "inner").write_bytes(f"--num=3{end}".encode(encoding))
    lines = ["# my flags", "", " // more", f"--flagfile={tmp_path / 'inner'}"]
    lines.append("--path=é x")
    outer = tmp_path / "outer"
    outer.write_bytes(end.join([*lines, ""]).encode("utf-8-sig"))
    assert read(f"--flagfile={outer}") == Settings(num=3, path="é x")
    assert read(f"--flagfile={outer}", "--num=4").num == 4
    assert read("--num=4", f"--flagfile={outer}").num == 3


def test_a_flagfile_that_names_itself_ends(tmp_path):
    path = tmp_path / "a.flags"
    lines = f"--num=3\n--flagfile={path}\n"
    path.write_text(lines, encoding="utf-8-sig")
    assert read(f"--flagfile={path}").num == 3


def test_home_is_where_paths_may_begin(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    read_flags = read("--path=~/a", "--several=~/b,~/c", "--names=~/d,e~")
    assert read_flags == Settings(
        path="/home/me/a",
        several=("/home/me/b,/home/me/c",),
        names=("/home/me/d", "e~"),
    )
    assert read("--path=~SNARE (18).wav").path == "~SNARE (18).wav"


@pytest.mark.parametrize(
    "name", ["best", "best.flags", "experiments/configs/best.flags"]
)
def test_a_preset_is_found_by_name_from_anywhere(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert find_flagfile(name) == str(CONFIGS / "best.flags")
    for encoding in ("utf-8", "utf-8-sig"):
        (tmp_path / encoding).write_text(f"--flagfile={name}\n", encoding)
    for arguments in (
        [f"--flagfile={name}"],
        [f"-flagfile={name}"],
        ["--flagfile", name],
        ["--flagfile=utf-8"],
        ["--flagfile", "utf-8-sig"],
    ):
        flags = cli.make_flags(ModelConfig, TrainConfig, RunOptions)
        assert cli.parse(flags, "", ["train", *arguments]).width == 16
        last = cli.parse(flags, "", ["train", *arguments, "--width=8"])
        assert last.width == 8


@pytest.mark.parametrize("line", ["--flagfile best", "--flagfile\nbest"])
def test_a_flagfile_names_a_preset_as_a_command_does(tmp_path, line):
    (tmp_path / "mine").write_text(f"{line}\n--width=4\n")
    flags = cli.make_flags(ModelConfig, TrainConfig, RunOptions)
    read = cli.parse(flags, "", ["train", "--flagfile", f"{tmp_path}/mine"])
    assert (read.width, read.latent_dim) == (4, 16)


@pytest.mark.parametrize("arguments", [["--flagfile="], ["--flagfile"]])
def test_a_flagfile_has_a_name(arguments, capsys):
    assert "the name of a file or a preset" in wrong(capsys, *arguments)


def test_a_folder_is_no_flagfile(tmp_path, capsys):
    said = wrong(capsys, f"--flagfile={tmp_path}")
    assert said.startswith(f"error: --flagfile={tmp_path}: ")
    assert "Errno" not in said


def test_behind_two_dashes_are_no_flags(capsys):
    said = wrong(capsys, "--", "--flagfile=best")
    assert "unexpected argument '--flagfile=best'" in said


def test_a_file_that_is_here_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "best").write_text("--num=9\n")
    assert read("--flagfile=best").num == 9


@pytest.mark.parametrize("name", ["bets", "elsewhere/best.flags"])
def test_no_file_and_no_preset_names_the_presets(name, capsys):
    said = wrong(capsys, f"--flagfile={name}")
    assert f"--flagfile={name}: there is no such file" in said
    assert "best, " in said and "Errno" not in said


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("--num=3", "error: --label is needed ("),
        ("--num=a", "error: --num=a: expected an integer ("),
        ("--num=a: invalid", "error: --num=a: invalid: expected an integer ("),
        ("--share=x", "error: --share=x: expected a number ("),
    ],
)
def test_a_wrong_value_is_said_in_words(argument, said, capsys):
    flags = cli.make_flags(Needed)
    with pytest.raises(SystemExit):
        cli.parse(flags, "", ["script", argument])
    assert capsys.readouterr().err.startswith(said)
