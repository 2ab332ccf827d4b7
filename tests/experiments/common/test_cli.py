"""How scripts start and fail."""

import pytest
from absl import flags

from experiments.common import cli


def make_flags():
    values = flags.FlagValues()
    flags.DEFINE_integer(
        "num", 1, "how many", lower_bound=1, flag_values=values
    )
    return values


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


def test_a_flagfile_is_understood(tmp_path, capsys):
    flagfile = tmp_path / "preset.flags"
    flagfile.write_text("# a comment\n--num=7\n")
    arguments = [f"--flagfile={flagfile}"]
    assert exit_code(lambda values: values.num, arguments, capsys)[0] == 7
