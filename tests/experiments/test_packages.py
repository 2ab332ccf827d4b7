"""A command says which packages it lacks; no other lacks those of the page."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("missing", "works", "ends"),
    [
        ("soxr", "", "experiments"),
        ("starlette", "experiments.generate", "experiments.explore"),
    ],
)
def test_what_is_missing_is_told_in_a_line(missing, works, ends):
    code = f"import sys; sys.modules[{missing!r}] = None\n"
    if works:
        code += f"import {works}; print('works')\n"
    code += f"import {ends}"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert ended.returncode == 2
    assert ended.stdout == ("works\n" if works else "")
    assert ended.stderr.count("\n") == 1
    assert f"lacks {missing}: experiments/run.sh makes" in ended.stderr
