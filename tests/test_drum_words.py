from data_prep import drum_words
from data_prep.drum_words import CLASSES, FAMILIES, SILENT


def test_every_family_leads_to_a_class_or_to_a_reason():
    reasons = {
        drum_words.OTHER_DRUM,
        drum_words.NOT_ONE_HIT,
        drum_words.NOT_A_DRUM,
        SILENT,
    }
    for name in FAMILIES:
        seen = set()
        while name in FAMILIES and FAMILIES[name].parent:
            assert name not in seen
            seen.add(name)
            name = FAMILIES[name].parent
        assert name in reasons or name in CLASSES


def test_no_word_stands_in_two_families():
    words = [
        word
        for family in FAMILIES.values()
        for group in (family.words, family.codes, family.hints)
        for word in group.split()
    ]
    assert len(words) == len(set(words))


def test_words_inside_others_are_in_the_vocabulary():
    glued = set(f"{drum_words.INSIDE} {drum_words.AT_END}".split())
    assert glued <= drum_words.vocabulary().keys()


def test_one_edit_away_is_every_neighbour():
    # Two different letters: 2 shorter, 2 * 25 changed, 3 * 26 - 2 longer (a
    # doubled letter comes about twice), 1 swapped.
    assert len(drum_words.one_edit_away("ab")) == 2 + 50 + 76 + 1
    assert {"naredrum", "snarerdum", "snaredrumm", "snatedrum"} <= (
        drum_words.one_edit_away("snaredrum")
    )
