"""The first screen of an evaluation: four questions, answered in words."""

import html
from collections.abc import Callable, Mapping
from typing import NamedTuple

from experiments.common.evaluation_tables import figures, grade
from wavegan_cond.evaluation.measures import MEASURES, RELIABLE

ORDER = ("good", "", "middling", "bad")  # from best to worst
NEAR = 0.03  # an accuracy this far below that of real sounds is as good
YES_NO = {
    "good": "Yes.",
    "middling": "In part.",
    "bad": "No.",
    "": "Not known.",
}
NO_YES = {"good": "No.", "middling": "In part.", "bad": "Yes."}
LOW = 0.8  # an accuracy below it is bad
MANY_COPIES = 0.1  # a larger share of copies is bad


class Answer(NamedTuple):
    """Answer to a question.

    Attributes:
      question: in words.
      grade: "good", "middling", "bad", or "" for unknown.
      word: the answer in a word or two.
      text: the figures behind it, a sentence or two.
    """

    question: str
    grade: str
    word: str
    text: str


def answers_section(report: Mapping) -> str:
    """Returns the four answers as HTML."""
    cards = "".join(
        f'<div class="{answer.grade}"><h2>{answer.question} {answer.word}</h2>'
        f"<p>{html.escape(answer.text)}</p></div>"
        for answer in (find(report) for find in ANSWERS)
    )
    return f'<section class="answers" aria-label="In short">{cards}</section>'


def sounds_real(report: Mapping) -> Answer:
    """Returns the answer by the distance to held-out sounds."""
    found = worst_grade(report, "kad")
    parts = in_classes(
        report,
        "kad",
        lambda made, real, noise: (
            f"{made:.1f} (real {real:.1f}, noise {noise:.1f})"
        ),
    )
    text = f"Distance to real sounds, 0 where none is found: {parts}."
    return Answer("Does it sound real?", found, YES_NO[found], text)


def is_varied(report: Mapping) -> Answer:
    """Returns the answer by how many real sounds have a generated one."""
    found = worst_grade(report, "recall")
    parts = in_classes(
        report,
        "recall",
        lambda made, real, noise: (
            f"{100 * made:.0f} (of other real sounds {100 * real:.0f})"
        ),
    )
    text = f"Of 100 real sounds so many have a generated one like them: {parts}"
    return Answer("Is it varied?", found, YES_NO[found], f"{text}.")


def is_class_asked_for(report: Mapping) -> Answer:
    """Returns the answer by the classifier."""
    question = "Is it the drum asked for?"
    if not report["model"]["conditional"]:
        text = "The model has no labels: of every class it makes the same."
        return Answer(question, "", "None is.", text)
    made, real = report["generated"]["accuracy"], report["real"]["accuracy"]
    share = made["accuracy"]
    text = (
        f"A classifier takes {made['hits']} of {made['trials']} sounds for "
        f"the class asked for ({100 * share:.0f} %); it is right on "
        f"{100 * real:.0f} % of real sounds"
    )
    found = "good" if share >= real - NEAR else "middling"
    if share < min(LOW, real - NEAR):
        found = "bad"
    word = YES_NO[found]
    if real < RELIABLE:
        found, word = "", "Not known."
        text += ", too few to trust it"
    return Answer(question, found, word, f"{text}.")


def copies(report: Mapping) -> Answer:
    """Returns the answer by the correlation with training sounds."""
    of_made = report["generated"]["classes"]
    count = round(
        sum(one["copies"] for one in of_made.values()) * report["num"]
    )
    total = len(of_made) * report["num"]
    real = max(one["copies"] for one in report["perfect"]["classes"].values())
    share = count / total
    found = "good" if share <= max(real, 0.01) else "middling"
    found = "bad" if share > max(2 * real, MANY_COPIES) else found
    word = NO_YES[found]
    near = in_classes(
        report,
        "memory_ratio",
        lambda made, real, noise: f"{made:.2f} (other real sounds {real:.2f})",
    )
    text = (
        f"{count} of {total} sounds are all but equal to a training sound of "
        "the store. Distance to the nearest one, over that of held-out real "
        f"sounds: {near}; well below those is copying."
    )
    if real > MANY_COPIES:
        found, word = "", "Not known."
        text += (
            f" Of real sounds that were set aside {100 * real:.0f} % are too: "
            "the store has many near copies (prepare_data "
            "--near_duplicates=keep or ignore), so none of this says anything."
        )
    training = report["training"]
    if training["compared"] < training["sounds"]:
        text += (
            f" Compared with {training['compared']} of the "
            f"{training['sounds']} training sounds, evenly chosen: a copy of "
            "another one is not found."
        )
    return Answer("Does it copy?", found, word, text)


ANSWERS = (sounds_real, is_varied, is_class_asked_for, copies)


def in_classes(
    report: Mapping, key: str, say: Callable[[float, float, float], str]
) -> str:
    """Returns what is said of a figure in each class, with commas between."""
    return ", ".join(
        f"{name} {say(*figures(report, name, key))}"
        for name in report["classes"]
    )


def worst_grade(report: Mapping, key: str) -> str:
    """Returns the worst grade of a figure in any class."""
    grades = [
        grade(*figures(report, name, key), MEASURES[key])
        for name in report["classes"]
    ]
    return max(grades, key=ORDER.index)
