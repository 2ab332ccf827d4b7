"""The cases of a promise: few of them as a rule, all with ``--full``."""

from collections.abc import Collection, Iterable

import pytest


def each(
    name: str,
    values: Iterable,
    quick: int | Collection,
    label=str,
    scope: str | None = None,
):
    """Parametrizes a test.

    Args:
      name: argument of the test.
      values: a case each.
      quick: those that are tried without ``--full``, or how many of the first.
      label: value -> the name of its case.
      scope: of the fixtures that take the argument, if there are some.
    """
    values = list(values)
    if isinstance(quick, int):
        quick = values[:quick]
    params = [
        pytest.param(
            value,
            id=label(value),
            marks=() if value in quick else pytest.mark.full,
        )
        for value in values
    ]
    return pytest.mark.parametrize(name, params, scope=scope)


def seeds(count: int, quick: int | Collection, scope: str | None = None):
    """Parametrizes a test by its seed."""
    return each("seed", range(count), quick, "seed {}".format, scope)
