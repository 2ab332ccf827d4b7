"""Fingerprint of the inputs and settings, compared with a former run's."""

import contextlib
import dataclasses
import functools
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from data_prep.audio.scan import hash_if_read
from data_prep.code_digest import code_digest
from data_prep.labels.rules import LabelRules
from data_prep.read_files import Source
from data_prep.store import manifest
from data_prep.store.store import MANIFEST, Store, StoreError, open_store

RULES = "audio", "labels", "selection"  # packages of rules
# Of another version of any of these, a decoded sound may differ.
VERSIONS = (
    "spool 3",
    np.__version__,
    soundfile.__version__,
    soundfile.__libsndfile_version__,
    soxr.__version__,
)


def check_apart(input_dir: Path, output_dir: Path) -> None:
    """Raises StoreError if the one lies in the other, or is it."""
    if _lies_in(output_dir, input_dir):
        relation = "lies in"
    elif _lies_in(input_dir, output_dir):
        relation = "contains"
    else:
        return
    raise StoreError(
        f"--output_dir={output_dir} {relation} --input_dir={input_dir}, whose "
        "sounds it could replace: name a folder beside it"
    )


def _lies_in(path: Path, folder: Path) -> bool:
    """Says whether a path, which need not exist, is in a folder or is it."""
    real = Path(os.path.realpath(path))
    for place in (real, *real.parents):
        with contextlib.suppress(OSError):
            if os.path.samefile(place, folder):
                return True
    return False


def settings_of(sources: Sequence[Source], options: Any) -> dict:
    """Returns, as JSON has it, all that decides beside the files.

    Args:
      sources: for their names, and what the user says of their files.
      options: ``pipeline.Options``.
    """
    rules = LabelRules(options.classes)
    given = [[s.name, dict(s.labels), dict(s.groups)] for s in sources]
    # The name of an input folder decides where it is that of a class.
    given += [s.own_name for s in sources if rules.names_class(s.own_name)]
    text = json.dumps(given, sort_keys=True).encode()
    settings = dataclasses.asdict(options)
    if not options.test:
        del settings["test"]  # a store made before there was a test side
    settings["labels"] = hashlib.sha256(text).hexdigest()
    settings["rules"] = rules_digest()
    return json.loads(json.dumps(settings))


@functools.cache
def rules_digest() -> str:
    """Returns a hash of the programs that decide what becomes of a file.

    With other rules the same files are another store. Rules that are only
    described otherwise are the same, see ``code_digest``.
    """
    here = Path(__file__).parent
    return code_digest(
        path.read_bytes()
        for folder in RULES
        for path in sorted((here / folder).rglob("*.py"))
    )


def spool_key(sources: Sequence[Source], settings: dict) -> str:
    """Returns a hash of all that decides, files by size and time.

    A second is enough for tens of thousands of files: none is read.
    """
    text = json.dumps([VERSIONS, settings], sort_keys=True)
    digest = hashlib.sha256(text.encode())
    for seen in _seen(sources):
        digest.update(repr(seen).encode())
    return digest.hexdigest()


def same_store(
    output_dir: Path, sources: Sequence[Source], settings: dict
) -> Store | None:
    """Returns the store that is there, if this is what would be made."""
    try:
        store = open_store(output_dir, verify=True)
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
    same = all(
        line.sha256 == hash_if_read(path)
        for line, (_, path) in zip(lines, files, strict=True)
    )
    return store if same else None


def _seen(sources: Sequence[Source]) -> Iterator[tuple]:
    """Yields path, size and time of change of every file."""
    for source in sources:
        folder = os.path.realpath(source.folder)
        for file in source.files:
            path = os.path.join(folder, file)
            try:
                status = os.stat(path)
            except OSError:
                yield path, None, None
            else:
                yield path, status.st_size, status.st_mtime_ns
