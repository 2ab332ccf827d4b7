"""The blocks of both networks: a chain each, from 16 samples and back."""

import pytest

from wavegan_cond.config import LENGTHS
from wavegan_cond.model.layout import (
    START_LENGTH,
    block_factors,
    critic_blocks,
    generator_blocks,
    stem_channels,
)


def test_the_longest_but_one_ends_with_a_block_by_two():
    assert block_factors(16384) == [4, 4, 4, 4, 4]
    assert block_factors(32768) == [4, 4, 4, 4, 4, 2]
    assert block_factors(65536) == [4, 4, 4, 4, 4, 4]


@pytest.mark.parametrize("length", sorted(LENGTHS))
def test_each_block_begins_where_the_one_before_it_ends(length):
    up, down = generator_blocks(length, 3), critic_blocks(length, 3)
    starts = [block.length // block.factor for block in up]
    assert starts == [START_LENGTH, *(block.length for block in up[:-1])]
    assert up[-1].length == length
    ends = [block.length // block.factor for block in down]
    assert ends == [*(block.length for block in down[1:]), START_LENGTH]
    assert down[0].length == length


@pytest.mark.parametrize("length", sorted(LENGTHS))
def test_channels_double_towards_the_lowest_rate(length):
    up = [block.channels for block in generator_blocks(length, 3)]
    down = [block.channels for block in critic_blocks(length, 3)]
    assert down == [3 * 2**i for i in range(len(down))]
    assert [stem_channels(length, 3), *up] == [*down[::-1], 1]
