"""Lists of seeds."""

import pytest

from experiments.common import cli, seeds


@pytest.mark.parametrize("given", [["0"], ["3", "0", "2147483647"]])
def test_seeds_of_trainings(given):
    seeds.check_seeds(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "whole numbers"),
        (["1", ""], "whole numbers"),
        (["-1"], "whole numbers"),
        (["2147483648"], "below 2"),
        (["9" * 5000], "below 2"),
        (["1", "01"], "two are the same"),
    ],
)
def test_what_is_none_is_told(given, said):
    with pytest.raises(cli.UsageError, match=said):
        seeds.check_seeds(given)
