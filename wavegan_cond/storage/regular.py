"""Files that can be read to their end: no pipe, no device, nothing endless."""

import errno
import stat
from pathlib import Path


def check_regular(file: Path, most: int | None = None) -> Path:
    """Returns a file that can be read, or raises before anything is.

    Args:
      file: its path.
      most: bytes that it may have.

    Raises:
      OSError: it is no regular file, larger, or not there.
    """
    status = file.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "no regular file")
    if most is not None and status.st_size > most:
        raise OSError(errno.EFBIG, f"larger than {most} bytes")
    return file
