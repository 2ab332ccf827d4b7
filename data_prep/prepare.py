"""From folders of sounds to a store: scan, label, decode, sift, split, write.

Decoding is spread over child processes; every decision is made here, in scan
order, from what the files contain. So the same input gives the same bytes
whatever the number of workers.

Sounds wait in a spool on disk between the two passes over them. Memory holds
a kilobyte or so per sound, never the sounds.
"""

import dataclasses
import functools
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from data_prep import manifest
from data_prep.atomic import file_sha256
from data_prep.examine import Source, examine
from data_prep.manifest import Entry
from data_prep.report import Report, count
from data_prep.scan import scan
from data_prep.sift import Fate, sift
from data_prep.sounds import Shape
from data_prep.spool import Spool, open_spool
from data_prep.store import (
    MANIFEST,
    Store,
    StoreError,
    check_target,
    open_store,
    write_store,
)

PAPER_CLASSES = ("kick", "snare", "cymbal")
CHUNK = 256  # rows copied at a time


class PrepareError(StoreError):
    """No store can be made of this input."""


@dataclasses.dataclass(frozen=True)
class Options:
    """Every setting that decides what the store holds.

    Attributes:
      classes: class names in label order; None for those found, with the
        paper's first.
      shape: how a sound is brought to a row.
      validation: share of the sounds, or of the groups, held out.
      validation_by: ``hash`` holds out sound by sound, ``folder`` whole
        folders. Groups that the user names stay together in both.
      near_duplicates: of several copies of one recording ``drop`` keeps the
        best, ``keep`` keeps all on one side, ``ignore`` does not look.
    """

    classes: tuple[str, ...] | None = None
    shape: Shape = dataclasses.field(default_factory=Shape)
    validation: float = 0.1
    validation_by: str = "hash"
    near_duplicates: str = "drop"


def prepare(
    sources: Sequence[Source],
    output_dir: str | os.PathLike,
    options: Options = Options(),
    *,
    processes: int = 2,
    overwrite: bool = False,
    progress: Callable[[Iterable, int], Iterable] = lambda files, total: files,
) -> Report:
    """Prepares the sounds of some folders.

    Where a store made with the same settings from the same files is there
    already, it stays as it is.

    Args:
      sources: the folders; their ``files`` are found here.
      output_dir: the store's folder; it may lie within a source.
      options: settings.
      processes: child processes that decode.
      overwrite: replace another store that is there.
      progress: wraps the files, of which it is told the number.

    Raises:
      PrepareError: there is no usable sound.
      StoreError: ``output_dir`` may not or cannot be written.
    """
    output_dir = Path(output_dir)
    sources = [_with_files(source, output_dir) for source in sources]
    settings = _settings(sources, options)
    if store := _same_store(output_dir, sources, settings):
        return Report(store, store.info["counts"], made=False)
    check_target(output_dir, overwrite)
    by_folder = options.validation_by == "folder"
    try:
        with open_spool(output_dir) as spool:
            found = examine(
                sources, options.classes, options.shape, by_folder, processes
            )
            total = sum(len(source.files) for source in sources)
            for file in progress(found, total):
                spool.add(file)
            return _write(spool, output_dir, options, settings, overwrite)
    except OSError as error:
        raise StoreError(f"cannot write {output_dir}: {error}") from error


def _with_files(source: Source, output_dir: Path) -> Source:
    if not source.folder.is_dir():
        raise PrepareError(f"--input_dir={source.folder} is not a folder")
    files = tuple(scan(source.folder, skip=output_dir))
    return dataclasses.replace(source, files=files)


def _settings(sources: Sequence[Source], options: Options) -> dict:
    """Returns, as JSON has it, all that decides beside the files."""
    given = [[s.name, dict(s.labels), dict(s.groups)] for s in sources]
    text = json.dumps(given, sort_keys=True).encode()
    settings = dataclasses.asdict(options)
    settings["labels"] = hashlib.sha256(text).hexdigest()
    return json.loads(json.dumps(settings))


def _same_store(
    output_dir: Path, sources: Sequence[Source], settings: dict
) -> Store | None:
    """Returns the store that is there, if this is what would be made."""
    try:
        store = open_store(output_dir)
    except StoreError:
        return None
    if store.info.get("settings") != settings:
        return None
    files = [
        (manifest.printable(source.path(file)), source.folder / file)
        for source in sources
        for file in source.files
    ]
    lines = list(manifest.read(output_dir / MANIFEST))
    if [line.path for line in lines] != [name for name, _ in files]:
        return None
    try:
        same = all(
            line.sha256 == file_sha256(path)
            for line, (_, path) in zip(lines, files, strict=True)
        )
    except OSError:
        return None
    return store if same else None


def _write(
    spool: Spool,
    output_dir: Path,
    options: Options,
    settings: dict,
    overwrite: bool,
) -> Report:
    """Sifts the spooled sounds and writes the store of those kept."""
    rows = spool.rows(options.shape.length)
    fates = sift(
        spool.sounds, rows, options.validation, options.near_duplicates
    )
    order = [i for i, fate in enumerate(fates) if fate.split == "train"]
    train = len(order)
    order += [i for i, fate in enumerate(fates) if fate.split == "validation"]
    entries = functools.partial(_final_entries, spool, fates, order)
    counts = count(entries())
    classes = _classes(options.classes, counts)
    labels = [classes.index(spool.sounds[i].label) for i in order]
    store = write_store(
        output_dir,
        waveforms=(
            rows[order[start : start + CHUNK]]
            for start in range(0, len(order), CHUNK)
        ),
        labels=np.array(labels, np.int32),
        train=train,
        classes=classes,
        length=options.shape.length,
        manifest=manifest.lines(entries()),
        details={
            "counts": counts,
            "groups": len({s.group for s in spool.sounds if s.group}),
            "ungrouped": sum(not s.group for s in spool.sounds),
            "settings": settings,
        },
        overwrite=overwrite,
    )
    return Report(store, counts)


def _final_entries(
    spool: Spool, fates: Sequence[Fate], order: Sequence[int]
) -> Iterator[Entry]:
    """Yields the entries with what became of each sound in the end."""
    place = {sound: row for row, sound in enumerate(order)}
    numbered = enumerate(fates)
    for entry in spool.entries():
        if not entry.reason:
            sound, fate = next(numbered)
            entry.reason, entry.split = fate.reason, fate.split
            if fate.split:
                entry.status, entry.row = "kept", place[sound]
            else:
                same = f"same as {spool.sounds[fate.other].path}"
                entry.notes = "; ".join(filter(None, [entry.notes, same]))
        yield entry


def _classes(
    wanted: Sequence[str] | None, counts: Mapping[str, Mapping[str, int]]
) -> tuple[str, ...]:
    """Returns the classes in order, each with a sound.

    Raises:
      PrepareError: there is no sound, or none of a class that was asked for.
    """
    kept = set(counts.get("train", {})) | set(counts.get("validation", {}))
    summary = ", ".join(
        f"{sum(files.values())} {fate}" for fate, files in counts.items()
    )
    if not kept:
        raise PrepareError(
            f"no usable sound: {summary or 'no files'}; name your classes "
            "with --classes, or label files with --labels"
        )
    paper = [name for name in PAPER_CLASSES if name in kept]
    classes = wanted or paper + sorted(kept - set(paper))
    if missing := [name for name in classes if name not in kept]:
        raise PrepareError(
            f"no usable sound of class {', '.join(missing)}: {summary}; "
            "leave it out of --classes, or label files with --labels"
        )
    return tuple(classes)
