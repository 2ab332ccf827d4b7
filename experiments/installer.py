"""Makes the virtual environment of a project folder, and remembers it did.

For :mod:`experiments.bootstrap`; only the standard library, in the syntax of
Python 3.8.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

STAMP = "wavegan-cond.json"
PIP = "-m pip install --progress-bar=off --disable-pip-version-check".split()


class InstallError(Exception):
    """The environment cannot be made; the message says what to do."""

    exit_code = 2


def setup_key(root: Path) -> str:
    """A hash of setup.py and its place: another one, another installation."""
    content = (root / "setup.py").read_bytes() + str(root).encode()
    return hashlib.sha256(content).hexdigest()


def read_stamp(venv: Path) -> dict:
    """What this module put into ``venv``; empty if it did not make it.

    ``key`` is :func:`setup_key`, or empty while an installation runs;
    ``extras`` are those installed.
    """
    try:
        return json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def is_current(venv: Path, extras, root: Path) -> bool:
    """Whether ``venv`` has all that setup.py asks for now."""
    stamp = read_stamp(venv)
    return (
        stamp.get("key") == setup_key(root)
        and set(extras) <= set(stamp["extras"])
        and (venv / "bin" / "python").exists()
    )


def install(venv: Path, extras, root: Path, maker: str, inside: bool) -> None:
    """Makes ``venv`` current; from scratch if it is not known to be whole."""
    stamp = read_stamp(venv)
    if venv.exists() and any(venv.iterdir()) and not stamp:
        raise InstallError(
            f"{venv} was not made by this command: activate it and run "
            "pip install -e . yourself, or move it out of the way"
        )
    python = venv / "bin" / "python"
    known = stamp.get("key") == setup_key(root) and python.exists()
    if known:  # and lacks an extra
        extras = {*extras, *stamp["extras"]}
    venv.mkdir(parents=True, exist_ok=True)
    _write_stamp(venv, "", [])
    if not (known or inside):
        _clear(venv)
    print(
        f"Setting up {venv}, once (700 MB to download, 2.7 GB on disk)",
        flush=True,
    )
    commands = [] if python.exists() else [[maker, "-m", "venv", venv]]
    # The pip of an older Python can search for hours where one package caps
    # another, as TensorFlow 2.16 does NumPy: the newest one finds a way.
    target = "." + ("[" + ",".join(sorted(extras)) + "]" if extras else "")
    commands.append([python, *PIP, "--upgrade", "pip"])
    commands.append([python, *PIP, "--editable", target])
    start = time.monotonic()
    for command in commands:
        _step(list(map(str, command)), root, venv, start)
    _write_stamp(venv, setup_key(root), sorted(extras))


def _write_stamp(venv: Path, key: str, extras: list) -> None:
    beside = venv / (STAMP + ".new")
    beside.write_text(json.dumps({"key": key, "extras": extras}))
    os.replace(str(beside), str(venv / STAMP))


def _clear(venv: Path) -> None:
    """Empties the folder but for the stamp, which says that it is ours."""
    for path in venv.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(str(path))
        elif path.name != STAMP:
            path.unlink()


@contextmanager
def locked(path: Path):
    """Has a second start wait while a first one installs."""
    import fcntl  # not on Windows

    with open(str(path), "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _step(command: list, root: Path, venv: Path, start: float) -> None:
    """Runs one command of the installation and shows how it gets on."""
    log = venv / "install.log"
    with open(str(log), "wb") as output:
        process = subprocess.Popen(
            command,
            cwd=str(root),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        while process.poll() is None:
            try:
                process.wait(0.5 if sys.stdout.isatty() else 15)
            except subprocess.TimeoutExpired:
                _show(f"{time.monotonic() - start:4.0f} s  {status(venv)}")
    except BaseException:
        process.kill()
        process.wait()
        raise
    if sys.stdout.isatty():
        print()
    if process.returncode:
        raise InstallError(_reason(log))


def _show(line: str) -> None:
    """Prints the line, over the one before on a terminal."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + line[:width].ljust(width), end="", flush=True)
    else:
        print(line[:80], flush=True)


def status(venv: Path) -> str:
    """How far the running step has come, by its log and what it installed."""
    text = _read(venv / "install.log")
    verbs = "Collecting|Downloading|Building|Preparing|Retrying|Installing"
    lines = re.findall(rf"(?m)^ *(?:WARNING: )?((?:{verbs}) .*)$", text)
    if not lines:
        return "preparing"
    if not lines[-1].startswith("Installing collected packages:"):
        return lines[-1]
    total = lines[-1].count(",") + 1
    done = len(list(venv.glob("lib/*/site-packages/*.dist-info")))
    return f"Installing: {min(done, total)} of {total} packages"


def _reason(log: Path) -> str:
    """The line of the log that says what failed."""
    text = _read(log)
    if "Retrying (Retry(" in text and "from versions: none" in text:
        return f"the package index cannot be reached: go online (see {log})"
    errors = re.findall(r"(?:ERROR|Error): (.+)", text)
    return f"{errors[-1] if errors else 'installation failed'} (see {log})"


def _read(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")
