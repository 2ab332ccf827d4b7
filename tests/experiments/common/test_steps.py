"""Lines of progress, and what a stopped command leaves."""

import json
import os
import signal

import pytest

from experiments.common.steps import Steps, stoppable


def test_each_step_is_a_line_with_its_number(capsys):
    steps = Steps(12)
    steps.begin("reading")
    steps.note("half of it")
    steps.begin("writing")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith("[ 1/12] reading")
    assert lines[1].endswith("half of it")
    assert lines[2].endswith("[ 2/12] writing")


def test_what_there_is_is_kept_until_the_whole_is_there(tmp_path, capsys):
    steps = Steps(2, tmp_path / "report.partial.json")
    (tmp_path / "report.partial.json").write_text("{}")  # of an earlier run
    steps.stopped()
    assert "nothing was measured" in capsys.readouterr().err
    steps.keep({"real": 0.123456789})
    found = json.loads((tmp_path / "report.partial.json").read_text())
    assert found == {"real": 0.12346}
    steps.stopped()
    assert "report.partial.json" in capsys.readouterr().err
    steps.finish(tmp_path / "report.json")
    assert not list(tmp_path.iterdir())
    steps.stopped()  # while a page is written
    assert "measured is in" in (said := capsys.readouterr().err)
    assert str(tmp_path / "report.json") in said


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
)
def test_a_signal_ends_the_work_and_is_named(number):
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt) as caught, stoppable():
        os.kill(os.getpid(), number)
        signal.pause()
    assert caught.value.args == (number,)
    assert signal.getsignal(number) == before
