"""The files inside a package: .deb, .tgz, and SoundFonts inside of those."""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Set
from typing import BinaryIO

from experiments.gathering import soundfont

DEBIAN = b"!<arch>\n"  # of an ar archive, which a Debian package is
HEADER = 60  # bytes of the header of a file in it
IN_FONT = "#"  # between the path of a SoundFont and the name of a sound


def read_members(
    file: BinaryIO, wanted: Set[str]
) -> Iterator[tuple[str, bytes]]:
    """Yields the members of a package that are wanted, in its order.

    Args:
      file: an open .deb, or a compressed tar.
      wanted: paths of members, without "./" in front; PATH#NAME is a sound of
        the SoundFont PATH.

    Raises:
      ValueError: the package, or a SoundFont in it, cannot be read.
    """
    fonts: dict[str, set[str]] = {}
    for path in wanted:
        font, mark, name = path.partition(IN_FONT)
        if mark:
            fonts.setdefault(font, set()).add(name)
    if file.read(len(DEBIAN)) == DEBIAN:
        _seek_data(file)
    else:
        file.seek(0)
    try:
        with tarfile.open(fileobj=file, mode="r|*") as archive:
            for member in archive:
                path = member.name.removeprefix("./")
                if not member.isfile():
                    continue
                if path in wanted:
                    yield path, archive.extractfile(member).read()
                if path in fonts:
                    font = archive.extractfile(member)
                    for name, sound in _read_font(font, fonts[path]):
                        yield f"{path}{IN_FONT}{name}", sound
    except (tarfile.TarError, EOFError) as error:
        raise ValueError(f"no package, or not a whole one: {error}") from error


def _read_font(
    packed: BinaryIO, names: Set[str]
) -> Iterator[tuple[str, bytes]]:
    """Yields sounds of a SoundFont that can be read from front to end alone."""
    with tempfile.TemporaryFile() as font:
        shutil.copyfileobj(packed, font)
        font.seek(0)
        yield from soundfont.read_sounds(font, names)


def _seek_data(file: BinaryIO) -> None:
    """Goes to the tar of files in a Debian package.

    deb(5), ar(5): in front of each file are its name in 16 bytes and, from
    byte 48 on, its size; files begin at even places.
    """
    while len(header := file.read(HEADER)) == HEADER:
        if header.startswith(b"data.tar"):
            return
        size = header[48:58].strip(b" ")
        if not size.isdigit():
            break
        file.seek(int(size) + int(size) % 2, 1)
    raise ValueError("no Debian package, or not a whole one")
