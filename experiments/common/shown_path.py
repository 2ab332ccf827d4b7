"""Where a page is, for who opens it.

In the Linux of Windows (WSL) a browser of Windows takes another path of it.
"""

import os
import pathlib
import subprocess

VERSION = pathlib.Path("/proc/version")  # of the kernel, with who built it
PATIENCE = 5  # seconds for wslpath


def shown(path: str | os.PathLike) -> str:
    """Returns the whole path of a file, under WSL with that of Windows."""
    here = str(pathlib.Path(path).resolve())
    there = windows_path(here)
    return f"{here} (in Windows: {there})" if there else here


def windows_path(path: str) -> str | None:
    """Returns a path as Windows has it; None where this is not WSL."""
    try:
        if "microsoft" not in VERSION.read_text().lower():
            return None
        done = subprocess.run(
            ["wslpath", "-w", path],
            capture_output=True,
            check=True,
            text=True,
            timeout=PATIENCE,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
