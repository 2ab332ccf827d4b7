"""Where a command writes what it says may end; the command does not."""

import errno
import io
import subprocess
import sys

import pytest

from experiments.common import streams

PROGRAM = """
import sys
from experiments.common import cli
import dataclasses

@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    pass

def main(values):
    for number in range(20000):
        print("line", number)
        print("progress", number, file=sys.stderr)
    open(sys.argv[1][2:], "w").close()

cli.run(main, cli.make_flags(Settings), "Usage.", ["script"])
"""


def run(tmp_path, redirection):
    """Runs the program in a shell; returns its code and what is seen."""
    done = tmp_path / "done"
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = f'"{sys.executable}" {program} --{done} {redirection}'
    script = f"set -o pipefail; {command}"
    result = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True
    )
    return result, done.exists()


@pytest.mark.parametrize(
    "redirection",
    [
        "2>&1 | head -c 1",
        "| true",
        "2>&-",
        ">&- 2>&- <&-",
        "2>/dev/full",
        "2> >(true)",
    ],
)
def test_lost_output_ends_nothing(tmp_path, redirection):
    result, done = run(tmp_path, redirection)
    assert done and result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr + result.stdout


def test_a_result_that_found_no_room_is_told_at_the_end(tmp_path):
    result, done = run(tmp_path, ">/dev/full 2>/dev/null; echo $?")
    assert done and result.stdout == "4\n"


def test_what_the_stream_cannot_say_is_escaped(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
    with streams.unbreakable():
        print("Zap\u00fc\udcff")
    assert raw.getvalue() == b"Zap\\xfc\\udcff\n"


def test_the_first_error_is_kept_and_the_streams_come_back(monkeypatch):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError(errno.ENOSPC, "full")

    full = Full()
    monkeypatch.setattr(sys, "stdout", full)
    with streams.unbreakable() as lost:
        print("a result")
    assert lost().errno == errno.ENOSPC
    assert sys.stdout is full
