"""The lists of sounds of experiments/results, and where each of them is.

A list names a file by its source: a GitHub repository, an npm or a Debian
package. No sound is in this project.
"""

import csv
import dataclasses
import pathlib
import urllib.parse
from collections.abc import Iterator

from experiments.gathering import scripts
from experiments.gathering.packages import IN_FONT

RESULTS = pathlib.Path(__file__).parents[1] / "results"
LISTS = {
    "drums": "data/drums.csv",
    "others": "data/others.csv",
    "open": "open/training_files.csv",
}
OPEN = "open"  # the tier of a licence that lets one share a sound
DEBIAN_SOURCES = {  # of packages that are not named like theirs
    "fluid-soundfont-gm": "fluid-soundfont",
    "musescore-general-soundfont-lossless": "musescore-general-soundfont",
}
ARCHIVE = ".h2drumkit"  # a compressed tar, in which a repository has sounds


@dataclasses.dataclass(frozen=True)
class Hosts:
    """Addresses that everything is fetched from, or those of mirrors."""

    github: str = "https://raw.githubusercontent.com"
    npm: str = "https://registry.npmjs.org"
    debian: str = "https://deb.debian.org/debian"


@dataclasses.dataclass(frozen=True)
class Listed:
    """A sound of a list.

    Attributes:
      file: where it goes, below the folder of all; the sound of a script is
        written beside it.
      label: its class.
      group: its kit, or its source where no kit is known.
      url: what is fetched.
      member: its path in the archive that ``url`` is; empty for the file
        itself. PATH#NAME is a sound of the SoundFont PATH.
      digest: "blob:" and a git blob hash, or "sha256:" and that of the file.
    """

    file: str
    label: str
    group: str
    url: str
    member: str
    digest: str


def read(name: str, hosts: Hosts, open_only: bool) -> list[Listed]:
    """Returns the sounds of a list.

    Args:
      name: of ``LISTS``.
      hosts: what is fetched from where.
      open_only: whether sounds are left out whose licence does not let one
        share them, or is not known.
    """
    rows = _rows(LISTS[name])
    if name == "open":
        return [_of_model(row, hosts) for row in rows]
    sources = {row["source"]: row for row in _rows("data/sources.csv")}
    return [
        _of_collection(row, sources[row["source"]]["commit"], hosts)
        for row in rows
        if not open_only or sources[row["source"]]["tier"] == OPEN
    ]


def _rows(path: str) -> Iterator[dict[str, str]]:
    with (RESULTS / path).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _of_collection(row: dict, commit: str, hosts: Hosts) -> Listed:
    owner, name, path = row["file"].split("/", 2)
    return Listed(
        file=scripts.name_sound(row["file"]),
        label=row["label"],
        group=row["kit"],
        url=_join(hosts.github, owner, name, commit, path),
        member="",
        digest=f"blob:{row['blob']}",
    )


def _of_model(row: dict, hosts: Hosts) -> Listed:
    source, version = row["source"].partition(",")[0], row["version"]
    kind, _, package = source.partition(" ")
    path, member, file = row["path"], "", row["path"]
    if kind == "npm":
        path, member = f"{package}-{version}.tgz", f"package/{path}"
        parts = hosts.npm, package, "-", path
    elif kind == "Debian":
        origin = DEBIAN_SOURCES.get(package, package)
        path, member = f"{package}_{version}_all.deb", path
        parts = hosts.debian, "pool/main", origin[0], origin, path
        font, mark, sound = file.partition(IN_FONT)
        file = f"{font}/{sound}.wav" if mark else file
    else:
        path, mark, member = path.partition(f"{ARCHIVE}/")
        path += ARCHIVE if mark else ""
        parts = hosts.github, source, version, path
    return Listed(
        file=f"{source}/{file}",
        label=row["label"],
        group=row["source"],
        url=_join(*parts),
        member=member,
        digest=row["hash"],
    )


def _join(host: str, *parts: str) -> str:
    return "/".join([host, *map(urllib.parse.quote, parts)])
