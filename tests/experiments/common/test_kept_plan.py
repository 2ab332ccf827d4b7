"""A plan is made once; what is no plan is told with what to do."""

import pytest

from experiments.common import cli
from experiments.common.kept_plan import keep


def never():
    raise AssertionError("made again")


def iterations(planned):
    if planned["iterations"] > 100:
        raise cli.UsageError("too many")
    return planned["iterations"]


def test_a_plan_is_made_once(tmp_path):
    path = tmp_path / "plan.json"
    assert keep(path, lambda: {"iterations": 9}, iterations) == 9
    assert keep(path, never, iterations) == 9


@pytest.mark.parametrize("text", ["", "[9]", "{}", '{"iterations": "9"}'])
def test_what_is_no_plan_is_refused_and_left(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(cli.UsageError, match=r"plan\.json is no plan .*remove"):
        keep(path, never, iterations)
    assert path.read_text() == text


def test_a_complaint_about_a_plan_is_left_as_it_is(tmp_path):
    with pytest.raises(cli.UsageError, match="too many"):
        keep(tmp_path / "plan.json", lambda: {"iterations": 101}, iterations)
