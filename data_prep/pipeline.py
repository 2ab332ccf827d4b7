"""From folders of sounds to a store: scan, label, decode, select, split, write.

Decoding is spread over child processes; every decision is made here, in scan
order, from what the files contain. So the same input gives the same bytes
whatever the number of workers.

Sounds wait in a spool on disk between the two passes over them. Memory holds
a kilobyte or so per sound, never the sounds. A run that is interrupted leaves
its spool, and the same call goes on with it.
"""

import dataclasses
import functools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from data_prep import cache
from data_prep.audio.process_file import Shape
from data_prep.audio.scan import scan
from data_prep.cache import Spool
from data_prep.inputs import (
    check_apart,
    same_store,
    settings_of,
    spool_key,
)
from data_prep.kept_classes import PrepareError, kept_classes
from data_prep.labels.class_names import settle
from data_prep.labels.unmatched import check_matches
from data_prep.read_files import Source, examine, list_files
from data_prep.selection.split import Decision, Sound, select
from data_prep.store import manifest
from data_prep.store.files import StoreWriteError
from data_prep.store.manifest import Entry
from data_prep.store.report import Report, count
from data_prep.store.store import (
    SIDES,
    check_target,
    in_chunks,
    write_store,
)
from wavegan_cond.storage.folders import remove_leftovers

DROPPED = (
    "what an interrupted run had decoded is of other sounds, settings or "
    "versions: all are decoded anew"
)


@dataclasses.dataclass(frozen=True)
class Options:
    """Every setting that decides what the store holds.

    Attributes:
      classes: class names in label order; None for kick, snare and cymbal,
        those that have sounds, and those of the user's labels.
      shape: how a sound is brought to a row.
      validation: share of the sounds, or of the groups, held out.
      validation_by: ``hash`` holds out sound by sound, ``folder`` whole
        folders. Groups that the user names stay together in both.
      test: share held out beside it, by which nothing is chosen.
      near_duplicates: of several copies of one recording ``drop`` keeps the
        best, ``keep`` keeps all on one side, ``ignore`` does not look.
    """

    classes: tuple[str, ...] | None = None
    shape: Shape = dataclasses.field(default_factory=Shape)
    validation: float = 0.1
    validation_by: str = "hash"
    near_duplicates: str = "drop"
    test: float = 0.0


def prepare(
    sources: Sequence[Source],
    output_dir: str | os.PathLike,
    options: Options = Options(),
    *,
    processes: int = 2,
    overwrite: bool = False,
    progress: Callable[[Iterable, int], Iterable] = lambda files, total: files,
    note: Callable[[str], object] = lambda text: None,
) -> Report:
    """Prepares the sounds of some folders.

    Where a store made with the same settings from the same sounds is there
    already, it stays as it is, unless it is to be overwritten. Where a run with
    the same settings on the same sounds was interrupted, this one decodes what
    that one did not, and what that one could not read.

    Args:
      sources: the folders; their ``files`` are found here.
      output_dir: the store's folder, apart from the sources.
      options: settings.
      processes: child processes that decode.
      overwrite: make the store anew, whatever store is there.
      progress: wraps the files that are compared or decoded, and is told their
        number.
      note: is told what else is to be known before the files are decoded.

    Raises:
      LabelsError: the classes or the user's labels cannot be used, or these
        match no file.
      PrepareError: there is no usable sound.
      StoreError: ``output_dir`` may not be written.
      FolderError: it holds something else by now, or another process is
        replacing it.
      StoreWriteError: it cannot be written.
      WriteError: what a killed process left there cannot be put in order.
      StartError: a process that decodes cannot be started.
    """
    output_dir = Path(output_dir)
    sources = _with_files(sources, output_dir)
    unmatched = check_matches((s.labels, s.groups, s.files) for s in sources)
    given = [label for s in sources for label in s.labels.values()]
    settle(options.classes, given)  # what cannot be used is told first
    settings = settings_of(sources, options)
    if not overwrite and (
        store := same_store(output_dir, sources, settings, progress)
    ):
        cache.discard(output_dir)
        counts = store.info["counts"]
        return Report(store, counts, made=False, unmatched=unmatched)
    check_target(output_dir, overwrite)
    key, every = spool_key(sources, settings), list_files(sources)
    length = options.shape.length
    try:
        with cache.open_spool(output_dir, key, length, every) as held:
            if held.dropped:
                note(DROPPED)
            files = _first_pass(held, sources, options, processes)
            for _ in progress(files, len(every)):
                pass
            report = _write(held, output_dir, options, settings, overwrite)
            return dataclasses.replace(report, unmatched=unmatched)
    except OSError as error:
        raise StoreWriteError(_not_written(output_dir, error)) from error


def _with_files(sources: Sequence[Source], output_dir: Path) -> list[Source]:
    """Returns the sources with their files; ours are not among them."""
    for source in sources:
        if not source.folder.is_dir():
            raise PrepareError(f"--input_dir={source.folder} is not a folder")
        check_apart(source.folder, output_dir)
    remove_leftovers(output_dir)
    ours = [output_dir, cache.place(output_dir)]
    sources = [
        dataclasses.replace(source, files=tuple(scan(source.folder, ours)))
        for source in sources
    ]
    for source in sources:
        if "./" in source.files:
            raise PrepareError(f"--input_dir={source.folder} cannot be read")
    return sources


def _first_pass(
    held: Spool, sources: Sequence[Source], options: Options, processes: int
) -> Iterator[None]:
    """Brings every file into the spool; yields at each."""
    yield from held.load()
    found = examine(
        sources,
        options.classes,
        options.shape,
        options.validation_by == "folder",
        processes,
        skip=held.known,
    )
    for file in found:
        held.add(file)
        yield


def _not_written(output_dir: Path, error: OSError) -> str:
    text = f"cannot write {output_dir}: {error}"
    if (left := cache.place(output_dir)).is_dir():
        text += f"; what was decoded is in {left}, the same command resumes"
    return text


def _write(
    held: Spool,
    output_dir: Path,
    options: Options,
    settings: dict,
    overwrite: bool,
) -> Report:
    """Selects among the spooled sounds and writes the store of those kept."""
    rows, sounds = held.rows(), held.sounds()
    decisions = select(
        sounds,
        rows,
        options.validation,
        options.near_duplicates,
        options.test,
    )
    sides = {
        side: [i for i, each in enumerate(decisions) if each.split == side]
        for side in SIDES
    }
    order = [row for rows_of_side in sides.values() for row in rows_of_side]
    entries = functools.partial(_final_entries, held, sounds, decisions, order)
    counts = count(entries())
    classes = kept_classes(options.classes, counts, entries())
    labels = [classes.index(sounds[i].label) for i in order]
    store = write_store(
        output_dir,
        waveforms=in_chunks(rows.__getitem__, order),
        labels=np.array(labels, np.int32),
        train=len(sides["train"]),
        test=len(sides["test"]),
        classes=classes,
        length=options.shape.length,
        manifest=manifest.lines(entries()),
        details={
            "counts": counts,
            "groups": len({s.group for s in sounds if s.group}),
            "ungrouped": sum(not s.group for s in sounds),
            "settings": settings,
        },
        overwrite=overwrite,
    )
    return Report(store, counts)


def _final_entries(
    held: Spool,
    sounds: Sequence[Sound],
    decisions: Sequence[Decision],
    order: Sequence[int],
) -> Iterator[Entry]:
    """Yields the entries with what became of each sound in the end."""
    place = {sound: row for row, sound in enumerate(order)}
    numbered = enumerate(decisions)
    for entry in held.entries():
        if not entry.reason:
            sound, decision = next(numbered)
            entry.reason, entry.split = decision.reason, decision.split
            if decision.split:
                entry.status, entry.row = "kept", place[sound]
            else:
                same = f"same as {sounds[decision.other].path}"
                entry.notes = "; ".join(filter(None, [entry.notes, same]))
        yield entry
