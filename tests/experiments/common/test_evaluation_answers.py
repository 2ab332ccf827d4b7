"""Four questions, answered by the figures of a report."""

import copy
import re

import pytest

from experiments.common import evaluation_answers as answers

CLASSES = ("kick", "snare")


def figures(kad, recall, copies, memory):
    one = {
        "kad": kad,
        "recall": recall,
        "copies": copies,
        "memory_ratio": memory,
    }
    return {"classes": {name: dict(one) for name in CLASSES}}


@pytest.fixture
def report():
    """Of a generator that is as good as real sounds."""
    accuracy = {"accuracy": 0.97, "hits": 582, "trials": 600}
    return {
        "classes": CLASSES,
        "num": 300,
        "generated": {**figures(1.0, 0.9, 0.0, 0.95), "accuracy": accuracy},
        "perfect": figures(1.2, 0.9, 0.01, 0.9),
        "noise": figures(40.0, 0.0, 0.0, 3.0),
        "real": {"accuracy": 0.975},
        "model": {"conditional": True},
        "training": {"sounds": 5000, "compared": 5000},
    }


def words(report):
    return [find(report).word for find in answers.ANSWERS]


def test_a_generator_as_good_as_real_sounds_has_good_answers(report):
    assert words(report) == ["Yes.", "Yes.", "Yes.", "No."]
    assert {find(report).grade for find in answers.ANSWERS} == {"good"}


def test_the_worst_class_gives_the_answer(report):
    worse = copy.deepcopy(report)
    worse["generated"]["classes"]["snare"].update(kad=30.0, recall=0.6)
    assert words(worse)[:2] == ["No.", "In part."]


def test_a_generator_that_copies_is_said_to(report):
    for figure in report["generated"]["classes"].values():
        figure.update(copies=0.5, memory_ratio=0.1)
    answer = answers.copies(report)
    assert (answer.word, answer.grade) == ("Yes.", "bad")
    assert "300 of 600 sounds" in answer.text


def test_among_near_copies_it_is_not_known_what_is_a_copy(report):
    """As with --near_duplicates=keep: of the real sounds most are copies."""
    report["perfect"]["classes"]["snare"].update(copies=0.7, memory_ratio=0.0)
    for figure in report["generated"]["classes"].values():
        figure.update(copies=0.6, memory_ratio=0.0)
    answer = answers.copies(report)
    assert (answer.word, answer.grade) == ("Not known.", "")
    assert "set aside 70 % are too" in answer.text


@pytest.mark.parametrize(
    ("accuracy", "word"), [(0.96, "Yes."), (0.9, "In part."), (0.5, "No.")]
)
def test_the_class_asked_for_is_compared_with_real_sounds(
    report, accuracy, word
):
    report["generated"]["accuracy"]["accuracy"] = accuracy
    assert answers.is_class_asked_for(report).word == word


def test_a_classifier_that_is_often_wrong_knows_nothing(report):
    report["real"]["accuracy"] = 0.9
    answer = answers.is_class_asked_for(report)
    assert (answer.word, answer.grade) == ("Not known.", "")
    assert "too few to trust it" in answer.text


def test_of_a_model_without_labels_no_class_is_asked_for(report):
    report["model"] = {"conditional": False}
    found = answers.is_class_asked_for(report)
    assert (found.word, found.grade) == ("None is.", "")
    assert "no labels" in found.text


def test_the_section_has_the_four(report):
    text = answers.answers_section(report)
    assert len(re.findall("<h2>", text)) == 4
    assert "kick 1.0 (real 1.2, noise 40.0)" in text


def test_it_says_among_how_many_training_sounds_no_copy_was_found(report):
    assert "another one is not found" not in answers.copies(report).text
    part = {**report, "training": {"sounds": 9000, "compared": 5000}}
    assert "with 5000 of the 9000 training sounds" in answers.copies(part).text
