"""Report of a preparation: counts, and their texts."""

import collections
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

from data_prep.labels.other_drums import other_drums
from data_prep.store import manifest
from data_prep.store.manifest import CUT, Entry
from data_prep.store.store import MANIFEST, SIDES, Store

MAX_CHARACTERS = 200  # of a path that may be of thousands
MAX_LISTED = 10  # ambiguous files named; the manifest has them all
LONGER = {16384: 32768, 32768: 65536}  # the next length of a sound


@dataclasses.dataclass(frozen=True)
class Report:
    """Counts of a preparation.

    Attributes:
      store: the store.
      counts: a side or a reason -> class or "" -> files.
      made: False if the store was there, made from the same sounds.
      unmatched: what to say of lines of labels CSVs that match no file.
    """

    store: Store
    counts: Mapping[str, Mapping[str, int]]
    made: bool = True
    unmatched: str = ""


def count(entries: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """Returns files by side or reason and class, in a fixed order."""
    counts = collections.Counter(
        (entry.split or entry.reason, entry.label) for entry in entries
    )
    table: dict[str, dict[str, int]] = {}
    for kind in (*SIDES, *manifest.REASONS):
        for (some, label), count in sorted(counts.items()):
            if some == kind:
                table.setdefault(kind, {})[label] = count
    return table


def describe(report: Report) -> str:
    """Returns the report as text: the table, and what to know beside it."""
    store = report.store
    lines = [table(report.counts, store.classes), *_remarks(store)]
    if report.unmatched:
        lines.append(report.unmatched)
    if not report.made:
        lines.append(
            "up to date: same sounds, same settings; nothing written "
            "(--overwrite makes it anew)"
        )
    return "\n".join([*lines, f"{store.path}: every file is in {MANIFEST}"])


def table(
    counts: Mapping[str, Mapping[str, int]], classes: Sequence[str]
) -> str:
    """Returns the counts as text: a line per side or reason."""
    cells = [["", *classes, "no class", "files"]]
    for kind, files in counts.items():
        known = [files.get(name, 0) for name in classes]
        total = sum(files.values())
        numbers = [*known, total - sum(known), total]
        cells.append([kind, *map(str, numbers)])
    first, *others = (
        max(map(len, column)) for column in zip(*cells, strict=True)
    )
    return "\n".join(
        "  ".join(
            [name.ljust(first)]
            + [cell.rjust(w) for cell, w in zip(line, others, strict=True)]
        )
        for name, *line in cells
    )


def _remarks(store: Store) -> Iterator[str]:
    """Yields what the table does not show."""
    groups, alone = store.info["groups"], store.info["ungrouped"]
    if groups or store.info["settings"]["validation_by"] == "folder":
        yield (
            f"{groups} kits were each kept on one side; {alone} sounds are of "
            "no kit and were split one by one"
        )
    for number, name in enumerate(store.classes):
        for split in SIDES:
            # What was not asked for is not missed.
            asked = split == "train" or store.info["settings"].get(split)
            if asked and number not in store.split(split)[1]:
                yield f"no {split} sound of class {name}"
    lines = list(manifest.read(store.path / MANIFEST))
    yield from _cut(store, lines)
    yield from _other_drums(store, lines)
    if unread := [
        line.path
        for line in lines
        if line.path.endswith("/") and line.reason == "unreadable"
    ]:
        example = unread[0][:MAX_CHARACTERS]
        number = len(unread)
        yield f"folders that could not be read: {number}, such as {example}"
    doubtful = [line for line in lines if line.reason == "ambiguous_label"]
    if doubtful:
        yield f"{len(doubtful)} ambiguous files left out, such as"
    for line in doubtful[:MAX_LISTED]:
        yield f"  {line.path}: {line.label_source or line.notes}"


def _cut(store: Store, lines: Iterable[Entry]) -> Iterator[str]:
    """Yields how many of the kept sounds are longer than a row."""
    cut = collections.Counter(
        line.label
        for line in lines
        if line.status == "kept" and CUT in line.notes.split("; ")
    )
    if not cut:
        return
    seconds = store.length / store.sample_rate
    each = ", ".join(
        f"{cut[name]} {name}" for name in store.classes if cut[name]
    )
    text = (
        f"{cut.total()} sounds go on after {seconds:.2f} s and were cut there "
        f"({each})"
    )
    if store.length in LONGER:
        longer = LONGER[store.length]
        seconds = longer / store.sample_rate
        text += f": --length={longer} keeps {seconds:.2f} s"
    yield text


def _other_drums(store: Store, lines: Iterable[Entry]) -> Iterator[str]:
    """Yields which classes would take in what was left out for its words."""
    sounds = [line for line in lines if line.reason != "ignored"]
    left_out = [
        line.path
        for line in sounds
        if line.reason in ("excluded_word", "no_label")
    ]
    if not left_out:
        return
    paths = [line.path for line in sounds]
    if found := other_drums(store.classes, paths, left_out):
        each = ", ".join(f"{number} {name}" for name, number in found.items())
        names = ",".join([*store.classes, *found])
        yield (
            f"{sum(found.values())} of the files left out are named as other "
            f"drums ({each}): --classes={names} takes them in"
        )
