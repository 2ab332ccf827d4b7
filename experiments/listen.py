r"""Counts how often listeners took a generated sound for the real one.

    python -m experiments.evaluate --model=runs/drums --data_dir=data \
        --output_dir=evaluation --listen

writes evaluation/listen.html, which keeps its listener's answers and saves
them as CSV. Then

    python -m experiments.listen \
        --answers=answers_9d3a65e1c07b24f8_5be0c1d29f7a4e36.csv

gives the share of the pairs in which the listener was fooled, with its 95 %
intervals (Wilson; Clopper and Pearson), by class and over all. One half is
what guessing gives: sounds that cannot be told from real ones. Where a page
compares two models, the share of the pairs in which the first was liked
better. The two numbers in the name are those of the page and the listener.
Several listeners: repeat --answers.

--output=listening.json keeps the figures.
"""

import csv
import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from data_prep.store.manifest import unquoted
from experiments.common import cli, outputs
from experiments.common.json_text import to_text
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.storage.untrusted import read_bytes

MAX_BYTES = 1 << 24  # of a CSV; an answer has 60


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    answers: tuple[str, ...] = setting(
        REQUIRED, "CSV of a listening page; repeat it", repeated=True
    )
    output: str | None = setting(None, "JSON file to write")


FLAGS = cli.make_flags(Settings)

ALL = "all classes"
COLUMNS = ("page", "models", "listener", "pair", "question", "class", "answer")
TITLES = {
    "real": "generated, taken for the real one",
    "better": "first model, liked better",
}


def run(answers: Iterable[dict[str, str]]) -> dict:
    """Counts answers.

    Args:
      answers: as ``read`` yields them.

    Returns:
      The figures of ``listening.fooled`` by models, question, and class, or
      ``ALL``.

    Raises:
      UsageError: there are none.
    """
    from wavegan_cond.evaluation.listening import fooled, place_of_first

    given = {}
    for row in answers:
        # Saved again, or twice by mistake: the last answer counts.
        given[row["page"], row["listener"], row["pair"]] = row
    if not given:
        raise cli.UsageError("no answers in the files given")
    counted = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in given.values():
        first = place_of_first(row["page"], int(row["pair"]))
        # "first" is the real one, or that of the first model.
        hit = (row["answer"] == first) == (row["question"] == "better")
        of_question = counted[row["models"]][row["question"]]
        for name in {row["class"], ALL}:  # a class may be called like all
            of_question[name].append(hit)
    return {
        models: {
            question: {
                name: fooled(sum(hits), len(hits))
                for name, hits in sorted(classes.items(), key=_all_last)
            }
            for question, classes in sorted(questions.items(), reverse=True)
        }
        for models, questions in counted.items()
    }


def _all_last(named: tuple[str, list]) -> tuple[bool, str]:
    return named[0] == ALL, named[0]


def read(path: str) -> Iterator[dict[str, str]]:
    """Yields the answers of a file.

    Raises:
      UsageError: it cannot be read, or is none of a listening page.
    """
    from wavegan_cond.evaluation.listening import PLACES, QUESTIONS

    try:
        text = read_bytes(path, MAX_BYTES).decode("utf-8-sig")
        reader = csv.DictReader(text.splitlines())
        rows = list(enumerate(reader, 2))
    except (OSError, ValueError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise cli.UsageError(f"{path} cannot be read: {why}") from error
    missing = set(COLUMNS) - set(reader.fieldnames or ())
    if missing:
        raise cli.UsageError(
            f"{path} is no file of a listening page: it has no column "
            f"{', '.join(sorted(missing))}"
        )
    for line, row in rows:
        if (
            None in map(row.get, COLUMNS)
            or not re.fullmatch(r"[0-9a-f]{16}", row["page"])
            or not re.fullmatch(r"[1-9]\d{0,5}", row["pair"])
            or row["question"] not in QUESTIONS
            or row["answer"] not in PLACES
            or not (row["class"] and row["models"])
        ):
            raise cli.UsageError(
                f"{path}, line {line}, is not as a listening page writes it"
            )
        yield {key: unquoted(row[key]) for key in COLUMNS}


def is_report(path: Path) -> bool:
    """Says whether a file has figures of models, as this command's."""
    content = outputs.read_report(path)
    return all(x and TITLES.keys() >= x.keys() for x in content.values())


def describe(figures: dict) -> str:
    """Returns the figures as text."""
    lines = []
    for models, questions in figures.items():
        for question, classes in questions.items():
            lines.append(f"{TITLES[question]} (models {models}):")
            lines += [
                f"{name:>12}: {one['hits']:3} of {one['trials']:3} = "
                f"{one['share']:.2f} (95 %: {one['wilson'][0]:.2f} to "
                f"{one['wilson'][1]:.2f}; exact: {one['exact'][0]:.2f} to "
                f"{one['exact'][1]:.2f})"
                for name, one in classes.items()
            ]
            low, high = classes[ALL]["exact"]
            if low <= 0.5 <= high:
                lines.append("no other than guessing gives, 0.5")
            else:
                lines.append(
                    "guessing alone would be so far from 0.5 with a "
                    f"probability of {classes[ALL]['guessing']:.2g}"
                )
    return "\n".join(lines)


def main(values: cli.Values) -> None:
    """Reads, counts, prints, and keeps the figures."""
    settings = cli.read_config(Settings, values)
    if settings.output:
        outputs.check_file(settings.output, ".json", is_ours=is_report)
    answers = [row for path in settings.answers for row in read(path)]
    figures = run(answers)
    print(describe(figures))
    pages = {row["page"] for row in answers}
    if len(pages) > 1:
        print(
            f"answers of {len(pages)} pages are counted together: they should "
            "be of the same settings"
        )
    if settings.output:
        write_text(Path(settings.output), to_text(figures))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
