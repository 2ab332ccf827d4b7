"""Starts and failures of scripts."""

import dataclasses
import errno
import signal
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from experiments import accuracy, demo_kit
from experiments.common import cli
from experiments.explore import __main__ as explore
from tests.fixtures.commands import refused
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.synthesis import synth


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    num: int = setting(1, "how many", low=1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class AllKinds(Settings):
    path: str = setting(REQUIRED, "where to")
    other: str | None = setting(None, "where else to")
    share: float = setting(0.5, "how much", low=0.0, high=1.0)
    rate: float = setting(1.0, "how fast")
    quick: bool = setting(False, "whether to hurry")
    kind: str = setting("a", "which", choices=("a", "b"))
    bits: int = setting(16, "how wide", choices=(16, 24))
    names: tuple[str, ...] = setting(("x", "y"), "which ones")
    more: tuple[str, ...] | None = setting(None, "which more", repeated=True)
    given: int = 7  # no setting: it has no flag


def make_flags():
    return cli.make_flags(Settings)


def read(*argv):
    values = cli.parse(cli.make_flags(AllKinds), "", ["script", *argv])
    return cli.read_config(AllKinds, values)


def test_flags_have_the_defaults_of_their_fields():
    assert read("--path=p") == AllKinds(path="p")


def test_every_kind_of_field_has_its_flag():
    flags = "--path=p --other=o --num=2 --share=1 --quick --kind=b --names=z"
    kinds = {"path": "p", "other": "o", "num": 2, "share": 1.0, "quick": True}
    kinds |= {"kind": "b", "names": ("z",), "more": ("1,2", "3"), "bits": 24}
    found = read(*flags.split(), "--more=1,2", "--more=3", "--bits=24")
    assert found == AllKinds(**kinds)


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["--path=p", "--share=1.5"],
        ["--path=p", "--share=nan"],
        ["--path=p", "--rate=inf"],
        ["--path=p", "--given=1"],
        ["--path=p", "--bits=8"],
    ],
)
def test_a_field_without_default_and_the_ranges_bind(argv, capsys):
    with pytest.raises(SystemExit) as stop:
        read(*argv)
    assert stop.value.code == 2


@pytest.mark.parametrize("flag", ["--names=", "--names=x,", "--more="])
def test_an_item_of_a_list_is_not_empty(flag):
    with pytest.raises(cli.UsageError, match="is empty"):
        read("--path=p", flag)


def test_flags_can_be_parsed_again_and_again():
    values = make_flags()
    assert cli.parse(values, "", ["script", "--num=3"]).num == 3
    assert cli.parse(values, "", ["script"]).num == 1


def exit_code(main, argv, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.run(main, make_flags(), "Usage text.", ["script", *argv])
    return stop.value.code, capsys.readouterr()


def test_a_good_command_runs_and_its_result_is_the_exit_code(capsys):
    assert exit_code(lambda values: None, ["--num=3"], capsys)[0] == 0
    assert exit_code(lambda values: values.num, ["--num=3"], capsys)[0] == 3


@pytest.mark.parametrize("argument", ["--num=0", "--nun=1", "--num=x", "extra"])
def test_a_wrong_command_is_one_line_and_exit_code_2(argument, capsys):
    code, output = exit_code(lambda values: None, [argument], capsys)
    assert code == 2
    assert output.err.startswith("error: ") and output.err.count("\n") == 1


def test_help_is_the_usage_and_the_flags(capsys):
    code, output = exit_code(lambda values: None, ["--help"], capsys)
    assert code == 0
    assert output.out.startswith("Usage text.") and "--num" in output.out


def test_an_error_says_its_own_exit_code(capsys):
    class DivergedError(Exception):
        exit_code = 3

    def main(values):
        raise DivergedError("the loss is NaN")

    code, output = exit_code(main, [], capsys)
    assert code == 3 and output.err == "error: the loss is NaN\n"


def test_a_bug_keeps_its_traceback():
    def main(values):
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        cli.run(main, make_flags(), "", ["script"])


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            OSError(errno.ENOSPC, "No space left", "out.wav"),
            4,
            "out.wav: No sp",
        ),
        (OSError(errno.EROFS, "Read-only", "out"), 4, "out: Read-only"),
        (FileNotFoundError(errno.ENOENT, "No such", "in"), 2, "in: No such"),
        (MemoryError("5 GB"), 2, "more memory than there is: 5 GB"),
    ],
)
def test_a_file_that_cannot_be_used_is_no_bug(error, code, said, capsys):
    def main(values):
        raise error

    found, output = exit_code(main, [], capsys)
    assert found == code and said in output.err
    assert output.err.count("\n") == 1


def test_memory_of_a_device_that_runs_out_is_no_bug(capsys):
    """Nor is it a model that cannot make sounds."""

    def full(*inputs):
        raise tf.errors.ResourceExhaustedError(None, None, "OOM of [9]\nat")

    def main(values):
        synth.in_batches(full, np.zeros((1, 2)), np.zeros(1, int))

    code, output = exit_code(main, [], capsys)
    assert code == 2 and output.out == ""
    assert "more memory than there is: OOM of [9]\n" in output.err


def test_ctrl_c_is_one_line(capsys):
    def main(values):
        raise KeyboardInterrupt

    code, output = exit_code(main, [], capsys)
    assert code == 130 and output.err == "error: interrupted\n"


def test_ctrl_c_while_importing_is_one_line():
    program = "import experiments; raise KeyboardInterrupt"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert result.stderr == "error: interrupted\n"
    assert result.returncode == -signal.SIGINT  # as a shell expects: 130


def test_a_flag_that_is_needed_and_empty_is_told_before_anything_is_done(
    tmp_path, monkeypatch, capsys
):
    """As of a variable of the shell that is not set."""
    monkeypatch.chdir(tmp_path)
    for module, flag in ((demo_kit, "output_dir"), (accuracy, "data_dir")):
        complaint = refused(capsys, module, f"--{flag}=")
        assert f"--{flag} is needed" in complaint
    complaint = refused(capsys, explore, "--static=")
    assert "--static= is empty: leave it out" in complaint
    assert not list(tmp_path.iterdir())
