from data_prep.labels import vocabulary
from data_prep.labels.vocabulary import CLASSES, FAMILIES, SILENT


def test_every_family_leads_to_a_class_or_to_a_reason():
    reasons = {
        vocabulary.OTHER_DRUM,
        vocabulary.NOT_ONE_HIT,
        vocabulary.NOT_A_DRUM,
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
    glued = set(f"{vocabulary.INSIDE} {vocabulary.AT_END}".split())
    assert glued <= vocabulary.vocabulary().keys()


def test_one_edit_away_is_every_neighbour():
    # Two different letters: 2 shorter, 2 * 25 changed, 3 * 26 - 2 longer (a
    # doubled letter comes about twice), 1 swapped.
    assert len(vocabulary.one_edit_away("ab")) == 2 + 50 + 76 + 1
    assert {"naredrum", "snarerdum", "snaredrumm", "snatedrum"} <= (
        vocabulary.one_edit_away("snaredrum")
    )
