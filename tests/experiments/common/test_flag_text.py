"""Flagfiles of any editor, and paths that begin at home."""

import dataclasses

import pytest

from experiments.common import cli
from wavegan_cond.config import setting


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    num: int = setting(1, "how many")
    path: str | None = setting(None, "where to")
    several: tuple[str, ...] = setting((), "where from", repeated=True)
    names: tuple[str, ...] = setting((), "which")


def read(*argv):
    values = cli.parse(cli.make_flags(Settings), "", ["script", *argv])
    return cli.read_config(Settings, values)


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


def test_a_flagfile_that_is_none_is_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        read(f"--flagfile={tmp_path / 'absent'}")
    assert caught.value.code == 2
    assert "absent" in capsys.readouterr().err


def test_home_is_where_paths_may_begin(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    read_flags = read("--path=~/a", "--several=~/b,~/c", "--names=~/d,e~")
    assert read_flags == Settings(
        path="/home/me/a",
        several=("/home/me/b,/home/me/c",),
        names=("/home/me/d", "e~"),
    )
    assert read("--path=~SNARE (18).wav").path == "~SNARE (18).wav"
