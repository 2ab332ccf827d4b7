"""Reads every file: its class from its path, its content in a child process."""

import collections
import dataclasses
import functools
import os
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from pathlib import Path

from data_prep.audio import decode, process_file, workers
from data_prep.audio.scan import extension, hash_if_read
from data_prep.labels.class_names import settle, with_given
from data_prep.labels.label_file import lookup
from data_prep.labels.rules import LabelRules, folder_classes
from data_prep.store.manifest import Entry


@dataclasses.dataclass(frozen=True, eq=False)
class Source:
    """A folder of sounds and what the user says of them.

    Attributes:
      folder: where it is.
      name: what its files' paths in the manifest begin with; may be empty.
      labels: file below the folder -> class, of ``label_file.read_labels``.
      groups: file below the folder -> kit.
      files: the files below the folder.
    """

    folder: Path
    name: str = ""
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    groups: Mapping[str, str] = dataclasses.field(default_factory=dict)
    files: Sequence[str] = ()

    @property
    def own_name(self) -> str:
        """The folder's name, which may say a class."""
        return self.folder.resolve().name

    def path(self, file: str) -> str:
        """Returns how the manifest names a file."""
        return f"{self.name}/{file}" if self.name else file


FileId = tuple[int, str]  # the number of a source, and a file below it


@dataclasses.dataclass(slots=True)
class FileRecord:
    """A file: which it is, its line of the manifest so far, its content."""

    file: FileId
    entry: Entry
    outcome: process_file.Outcome


def list_files(sources: Sequence[Source]) -> list[FileId]:
    """Returns every file of some sources, in scan order."""
    return [
        (number, file)
        for number, source in enumerate(sources)
        for file in source.files
    ]


def examine(
    sources: Sequence[Source],
    classes: Sequence[str] | None,
    shape: process_file.Shape,
    by_folder: bool,
    processes: int,
    skip: Container[FileId] = (),
) -> Iterator[FileRecord]:
    """Yields what every file is, source by source, in order.

    Args:
      sources: the folders, with ``files``.
      classes: class names; None for those that the paths say.
      shape: how rows are made.
      by_folder: whether a file's folder is its group.
      processes: child processes that decode.
      skip: files that are known already.
    """
    waiting = collections.deque()

    def tasks():
        """Yields path and depth of each file, and remembers the rest."""
        for number, file, rules in _with_rules(sources, classes):
            if (number, file) in skip:
                continue
            source = sources[number]
            entry, depth = _judge(source, file, rules)
            entry.group = _group(source, file, rules, by_folder)
            path = os.path.join(source.folder, file)
            waiting.append((path, (number, file), entry))
            yield path, depth

    work = functools.partial(process_file.process, shape=shape)
    for outcome in workers.run_ordered(work, tasks(), processes):
        path, file, entry = waiting.popleft()
        if isinstance(outcome, workers.Failure):
            sha256 = hash_if_read(path)
            outcome = process_file.Outcome(outcome.reason, sha256=sha256)
        _complete(entry, outcome)
        yield FileRecord(file, entry, outcome)


def is_sound(file: str) -> bool:
    """Says whether a file is one by its name, read or not."""
    hidden = any(part.startswith((".", "__MACOSX")) for part in file.split("/"))
    return not hidden and extension(file) in (
        decode.EXTENSIONS | decode.UNSUPPORTED
    )


def _with_rules(sources, classes):
    """Yields (number of source, file, rules that label it) of every file."""
    sounds_of = {
        source: list(filter(is_sound, source.files)) for source in sources
    }
    given = {label for source in sounds_of for label in source.labels.values()}
    if classes is None:
        classes = _classes_of_folders(sounds_of, given)
    if classes is None and given:  # a class of one folder is one of them all
        classes = settle(None, given)
    for number, (source, paths) in enumerate(sounds_of.items()):
        rules = LabelRules(classes, source.labels, paths)
        for file in source.files:
            yield number, file, rules


def _classes_of_folders(
    sounds_of: Mapping[Source, Sequence[str]], given: Collection[str]
) -> list[str] | None:
    """Returns the classes where folders are named for them, with the user's."""
    every = [path for paths in sounds_of.values() for path in paths]
    folders = folder_classes(every)
    if folders is None:
        return None
    labelled = sum(
        lookup(source.labels, path) is not None
        for source, paths in sounds_of.items()
        for path in paths
    )
    return with_given(folders, given, 2 * labelled >= len(every))


def _judge(source: Source, file: str, rules: LabelRules) -> tuple[Entry, str]:
    """Returns a file's entry so far, and how deep to look into it."""
    entry = Entry(path=source.path(file))
    if not is_sound(file):
        entry.reason = "ignored"
        return entry, "look"
    verdict = rules.judge(file)
    if verdict.reason == "no_label":
        # An input folder may itself be named for a class: Kicks, Snares.
        outer = rules.judge(f"{source.own_name}/{file}")
        verdict = outer if outer.label else verdict
    entry.label, entry.label_source = verdict.label or "", verdict.source
    entry.reason = verdict.reason
    return entry, "header" if verdict.reason else "decode"


def _group(
    source: Source, file: str, rules: LabelRules, by_folder: bool
) -> str:
    """Returns the kit or folder that stays on one side of the split, or ""."""
    if group := lookup(source.groups, file):
        return f"group {group}"
    if not by_folder:
        return ""
    # A folder that only says the class must not part a kit: kick/808 and
    # snare/808 are one.
    kit = [part for part in file.split("/")[:-1] if not rules.names_class(part)]
    # One of several input folders may itself be a kit.
    if not kit and (not source.name or rules.names_class(source.own_name)):
        return ""
    return f"folder {source.path('/'.join(kit))}"


def _complete(entry: Entry, outcome: process_file.Outcome) -> None:
    """Adds what the file holds to its entry; a broken file's reason wins."""
    entry.reason = outcome.reason or entry.reason
    entry.sha256 = outcome.sha256
    entry.format = outcome.header.format
    entry.rate = outcome.header.rate or ""
    entry.channels = outcome.header.channels or ""
    entry.frames = outcome.header.frames if entry.format else ""
    entry.notes = "; ".join(outcome.notes)
