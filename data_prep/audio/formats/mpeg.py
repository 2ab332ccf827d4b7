"""Counts the frames of MPEG audio: layers I, II and III of all versions.

No header says how many frames follow. An encoder may write the count into its
first frame (Xing, Info, VBRI); where none did, decoders guess from the size of
the file, and a guess is no claim. So the frames are counted here.
"""

import dataclasses
import re

from data_prep.audio.formats.mpeg_frames import Frame, read_frame

SEARCHED = 1 << 16  # bytes in front of the first frame, beside tags
_SYNC = re.compile(b"\xff[\xe2-\xff]")
_SAME = 0xFFFE0C00  # of every frame of a stream: sync, version, layer, rate


@dataclasses.dataclass(frozen=True)
class Stream:
    """Frames in a row.

    Attributes:
      begin: where the first frame is, which may be an encoder's without sound.
      start: where the first frame with sound is.
      end: where the last whole one ends, before any damage.
      first: that frame.
      frames: how many of them are whole.
      told: how many an encoder says there are; 0 if none does.
      missing: bytes that are not there: of the last frame, of those told of,
        or all behind a damaged place.
    """

    begin: int
    start: int
    end: int
    first: Frame
    frames: int
    told: int
    missing: int

    @property
    def samples(self) -> int:
        """Samples of each channel in the whole frames."""
        return self.frames * self.first.samples


def read_stream(data: bytes, least: int = 2) -> Stream | None:
    """Returns the frames in a file, or None if there are none.

    Args:
      data: the file.
      least: frames in a row that are no chance, if the file is not shorter.
    """
    begin = _find_first(data, least)
    if begin is None:
        return None
    first = read_frame(data, begin)
    start, told, size = begin, 0, 0
    if (tag := _read_tag(data, begin, first)) is not None:
        told, size = tag
        start += first.length
    frames, end, missing = _count(data, start, first)
    if told > frames and not missing and not 0 < size <= end - begin:
        missing = (told - frames) * first.length
    first = read_frame(data, start) or first
    return Stream(begin, start, end, first, frames, told, missing)


def _count(data: bytes, start: int, first: Frame) -> tuple[int, int, int]:
    """Returns how many whole frames follow, their end, and bytes missing.

    They end before what is no frame though frames follow it: a decoder would
    join both sides. It may have begun within the frame in front, whose head
    alone is known to be whole.
    """
    place = end = last = start
    frames = 0
    while place < len(data):
        frame = _read_alike(data, place, first)
        if frame is None:
            place, gap = _resume(data, place, first)
            if gap and place < len(data):
                return max(0, frames - 1), last, len(data) - last
            if gap:
                return frames, end, gap
        elif place + frame.length > len(data):
            return frames, end, place + frame.length - len(data)
        else:
            last, place = place, place + frame.length
            end = place
            frames += 1
    return frames, end, 0


def can_be_counted(stream: Stream) -> bool:
    """Says whether a frame in front may tell how many follow."""
    return stream.first.layer == 3


def counted(stream: Stream) -> bytes:
    """Returns a first frame without sound that tells how many follow."""
    first = stream.first
    # At this place in its table no bitrate is too low to hold the count.
    word = first.word & ~0xF200 | 9 << 12 | 1 << 16
    head = word.to_bytes(4, "big")
    tag = b"Info" + (1).to_bytes(4, "big") + stream.frames.to_bytes(4, "big")
    whole = read_frame(head, 0).length
    return (head + bytes(first.side) + tag).ljust(whole, b"\0")


def skip_tags(data: bytes, place: int = 0) -> int:
    """Returns where the tags end, ID3v2 or APE, that begin at ``place``."""
    while True:
        head = data[place : place + 16].ljust(16, b"\0")
        if head.startswith(b"ID3"):
            size = 0
            for byte in head[6:10]:
                size = size << 7 | byte & 0x7F
            place += 10 + size + (10 if head[5] & 0x10 else 0)
        elif head.startswith(b"APETAGEX"):
            place += 32 + int.from_bytes(head[12:], "little")
        else:
            return place


def _find_first(data: bytes, least: int) -> int | None:
    """Returns where the first of ``least`` frames in a row is.

    One at the very beginning that is as those in a row is the first: what
    stands between is damaged.
    """
    begin = skip_tags(data)
    if _count_in_row(data, begin, least, to_end=True) == least:
        return begin
    for match in _SYNC.finditer(data, begin, begin + SEARCHED):
        if _count_in_row(data, match.start(), least) == least:
            frame = read_frame(data, match.start())
            return begin if _read_alike(data, begin, frame) else match.start()
    return None


def _count_in_row(
    data: bytes,
    place: int,
    most: int,
    first: Frame | None = None,
    to_end: bool = False,
) -> int:
    """Returns how many frames follow that are alike, the last begun at least.

    Args:
      data: the file.
      place: where the first may be.
      most: when to stop.
      first: one that they are alike; None for that at ``place``.
      to_end: where the file or its frames end there are as many.
    """
    first = first or read_frame(data, place)
    for number in range(most):
        ends = place >= len(data) or data[place : place + 3] == b"TAG"
        if number and to_end and ends:
            return most
        frame = first and _read_alike(data, place, first)
        if not frame:
            return number
        place += frame.length
    return most


def _read_alike(data: bytes, place: int, first: Frame) -> Frame | None:
    """Returns the frame at ``place`` if it can be of the same stream."""
    frame = read_frame(data, place)
    if frame is None or (frame.word ^ first.word) & _SAME:
        return None
    return frame


def _resume(data: bytes, place: int, first: Frame) -> tuple[int, int]:
    """Returns where frames go on, or the end; and the bytes lost between.

    A tag between frames, and what stands behind the last one, is no loss.
    """
    after = skip_tags(data, place)
    if after > place:
        return min(after, len(data)), 0
    for match in _SYNC.finditer(data, place):
        here = match.start()
        if (
            _read_alike(data, here, first)
            and _count_in_row(data, here, 2, to_end=True) == 2
        ):
            return here, here - place
    begun = len(data) - place < 4 and data[place] == 0xFF
    return len(data), first.length if begun else 0


def _read_tag(data: bytes, place: int, first: Frame) -> tuple[int, int] | None:
    """Returns the frames and the bytes that an encoder's first frame tells.

    Returns:
      None if this is not such a frame; 0 for what it does not tell.
    """
    if first.layer != 3:
        return None
    frame = data[place : place + first.length]
    for start in (4 + first.side, 6 + first.side):  # there may be a checksum
        if frame[start : start + 4] in (b"Xing", b"Info"):
            has, *numbers = (
                int.from_bytes(frame[at : at + 4], "big")
                for at in range(start + 4, start + 16, 4)
            )
            frames = numbers.pop(0) if has & 1 else 0
            return frames, numbers.pop(0) if has & 2 else 0
    if frame[36:40] == b"VBRI":
        size, frames = (
            int.from_bytes(frame[at : at + 4], "big") for at in (46, 50)
        )
        return frames, size
    return None
