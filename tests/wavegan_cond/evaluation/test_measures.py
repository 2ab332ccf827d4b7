"""One word for one thing, in every table of an evaluation."""

from wavegan_cond.evaluation.measures import MEASURES


def test_no_two_measures_have_one_title():
    titles = [measure.title.casefold() for measure in MEASURES.values()]
    assert len(set(titles)) == len(titles)


def test_words_of_other_things_are_no_titles():
    """Variety is recall, and partials are what a generator adds."""
    titles = {measure.title for measure in MEASURES.values()}
    assert not titles & {"Variety", "Partials"}


def test_what_is_held_out_may_be_of_either_side():
    for measure in MEASURES.values():
        assert "validation" not in measure.says
