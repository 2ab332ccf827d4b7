"""Fingerprint of the inputs and settings, compared with a former run's.

Of files that are no sounds by their names nothing is compared: they decide
nothing, and file managers leave some wherever they look.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from data_prep.audio.scan import hash_if_read
from data_prep.read_files import Source, is_sound
from data_prep.store import manifest
from data_prep.store.store import MANIFEST, Store, StoreError, open_store

# Of what becomes of a file: raised whenever the same files and settings would
# be another store. tests/data_prep/test_inputs.py notices.
RULES_VERSION = 2
# Of another version of any of these, a decoded sound may differ.
VERSIONS = (
    "spool 4",
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
    # The name of an input folder may be a class, or say one beside a file's.
    given = [
        [s.name, s.own_name, dict(s.labels), dict(s.groups)] for s in sources
    ]
    text = json.dumps(given, sort_keys=True).encode()
    settings = dataclasses.asdict(options)
    if not options.test:
        del settings["test"]  # a store made before there was a test side
    settings["labels"] = hashlib.sha256(text).hexdigest()
    settings["rules"] = RULES_VERSION
    return json.loads(json.dumps(settings))


def spool_key(sources: Sequence[Source], settings: dict) -> str:
    """Returns a hash of all that decides, sounds by size and time.

    A second is enough for tens of thousands of files: none is read.
    """
    text = json.dumps([VERSIONS, settings], sort_keys=True)
    digest = hashlib.sha256(text.encode())
    for seen in _seen(sources):
        digest.update(repr(seen).encode())
    return digest.hexdigest()


def same_store(
    output_dir: Path,
    sources: Sequence[Source],
    settings: dict,
    progress: Callable[[Iterable, int], Iterable],
) -> Store | None:
    """Returns the store that is there, if this is what would be made.

    Args:
      output_dir: its folder.
      sources: the input folders, with ``files``.
      settings: of ``settings_of``.
      progress: wraps the sounds, which are read, and is told their number.
    """
    sounds = [
        (manifest.printable(source.path(file)), source.folder / file)
        for source in sources
        for file in filter(is_sound, source.files)
    ]
    try:
        store = open_store(output_dir)
        if store.info.get("settings") != settings:
            return None
        lines = [
            line
            for line in manifest.read(output_dir / MANIFEST)
            if is_sound(_below(line.path, sources))
        ]
        if [line.path for line in lines] != [name for name, _ in sounds]:
            return None
        pairs = zip(lines, sounds, strict=True)
        for line, (_, path) in progress(pairs, len(sounds)):
            if line.sha256 != hash_if_read(path):
                return None
        return open_store(output_dir, verify=True)
    except StoreError:
        return None


def _below(path: str, sources: Sequence[Source]) -> str:
    """Returns a path of the manifest as it is below its input folder."""
    for source in sources:
        front = manifest.printable(source.path(""))
        if front and path.startswith(front):
            return path.removeprefix(front)
    return path


def _seen(sources: Sequence[Source]) -> Iterator[tuple]:
    """Yields path, size and time of change of content of every sound."""
    for source in sources:
        folder = os.path.realpath(source.folder)
        for file in filter(is_sound, source.files):
            path = os.path.join(folder, file)
            try:
                status = os.stat(path)
            except OSError:
                yield path, None, None
            else:
                yield path, status.st_size, status.st_mtime_ns
