"""R3: disks that fill up while something is written."""

import contextlib
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from experiments import demo_kit
from tests.reliability import tiny
from tests.reliability.row import Case, NotRunError
from wavegan_cond.training import checkpoints
from wavegan_cond.training.run_dir import RunDir

ITERATIONS = 60
NEVER = 10**6


@contextlib.contextmanager
def small_disk(
    path: Path, size: int, read_only: bool = False
) -> Iterator[Path]:
    """Mounts a file system in memory of ``size`` bytes at ``path``.

    Raises:
      NotRunError: this process may not mount.
    """
    path.mkdir()
    options = f"size={size}" + (",ro" if read_only else "")
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise NotRunError("there is no mount command") from error
    if done.returncode:
        raise NotRunError(f"mounting needs root: {done.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True)


def full(folder: Path, quick: bool) -> Iterator[Case]:
    """R3: each kind of file meets a full disk."""
    with small_disk(folder / "probe", 1 << 16):
        pass
    whole = Whole(folder)
    for number in (2,) if quick else (1, 2, 5):
        check = functools.partial(_full_save, whole, number)
        yield Case(f"save number {number}", check)
    for what in ("log",) if quick else ("log", "preview", "TensorBoard"):
        yield Case(what, functools.partial(_full_run, whole, what))
    for what in ("export",) if quick else ("export", "sounds"):
        yield Case(what, functools.partial(_full_output, whole, what))
    yield Case("prepared store", _full_store)


class Whole:
    """A store, and a run on it of which every checkpoint is kept."""

    def __init__(self, folder: Path):
        self.store = tiny.make_store(folder / "store")
        self.run_dir = RunDir(folder / "run")
        subprocess.run(
            self.command(self.run_dir.path, "--checkpoint_every=10"),
            capture_output=True,
            check=True,
        )
        newest = checkpoints.committed(self.run_dir.checkpoints)[-1]
        files = [path.stat().st_size for path in newest.iterdir()]
        # A file system in memory gives whole pages.
        self.save_bytes = sum(-(-size // 4096) * 4096 for size in files)

    def command(self, run_dir: Path, *more: str) -> list[str]:
        """Returns the training command with nothing on but what is asked."""
        return tiny.command(
            self.store.path,
            run_dir,
            f"--iterations={ITERATIONS}",
            "--keep=100",
            "--notensorboard",
            f"--preview_every={NEVER}",
            *more,
        )


def _full_save(whole: Whole, number: int, place: Path) -> None:
    # Room for so many saves less half a one, and for the small files.
    size = int((number - 0.5) * whole.save_bytes) + 8 * 4096
    with small_disk(place / "disk", size) as disk:
        run_dir = RunDir(disk / "run")
        command = whole.command(run_dir.path, "--checkpoint_every=10")
        complaint = fail(command)
        assert str(run_dir.checkpoints) in complaint, complaint
        _check_checkpoints(whole, run_dir)


def _check_checkpoints(whole: Whole, run_dir: RunDir) -> None:
    """Raises unless what is committed is as in the undisturbed run."""
    found = checkpoints.committed(run_dir.checkpoints)
    for path in found:
        checkpoints.verify(path)
        same = whole.run_dir.checkpoints / path.name
        assert tiny.digests(path) == tiny.digests(same), path.name
    names = {path.name for path in run_dir.checkpoints.iterdir()}
    assert names == {path.name for path in found}, f"left behind: {names}"


def _full_run(whole: Whole, what: str, place: Path) -> None:
    """Fills the disk behind the first save, then lets one kind write on."""
    with small_disk(place / "disk", 1 << 20) as disk:
        run_dir = RunDir(disk / "run")
        first = whole.command(run_dir.path, "--iterations=10")
        subprocess.run(first, capture_output=True, check=True)
        more = {
            "log": ["--iterations=2000"],
            "preview": ["--preview_every=11"],
            "TensorBoard": ["--tensorboard", "--iterations=2000"],
        }[what]
        fill(disk, leave=8192)
        complaint = fail(whole.command(run_dir.path, *more))
        named = {"log": run_dir.log, "preview": run_dir.previews}
        expected = named.get(what, run_dir.path)
        assert str(expected) in complaint, complaint
        _check_checkpoints(whole, run_dir)
        assert not list(run_dir.path.rglob(".*")), "a temporary was left"


def _full_output(whole: Whole, what: str, place: Path) -> None:
    with small_disk(place / "disk", 1 << 15) as disk:
        output = disk / "output"
        flags = {
            "export": ["export", f"--run_dir={whole.run_dir.path}"],
            "sounds": [
                "generate",
                f"--model={whole.run_dir.path}",
                "--label=kick",
                "--num=2000",
            ],
        }[what]
        script, *flags = flags
        complaint = fail(
            [
                sys.executable,
                "-m",
                f"experiments.{script}",
                *flags,
                f"--output_dir={output}",
            ]
        )
        assert str(output) in complaint, complaint
        left = list(disk.rglob(".*"))
        assert not left, f"left behind: {left}"


def _full_store(place: Path) -> None:
    demo_kit.run(demo_kit.Settings(output_dir=str(place / "kit"), num=20))
    with small_disk(place / "disk", 1 << 19) as disk:
        output = disk / "store"
        complaint = fail(
            [
                sys.executable,
                "-m",
                "experiments.prepare_data",
                f"--input_dir={place / 'kit'}",
                f"--output_dir={output}",
            ]
        )
        assert str(output) in complaint, complaint
        assert not output.exists(), "half a store is there"


def fill(disk: Path, leave: int) -> None:
    """Writes a file that leaves so many bytes free."""
    with open(disk / "filler", "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            file.truncate(file.tell() - leave)


def fail(command: list[str]) -> str:
    """Runs a command that must fail; returns its complaint.

    Raises:
      AssertionError: it did not fail, or not with a complaint of one line.
    """
    result = subprocess.run(command, capture_output=True, text=True)
    lines = result.stderr.strip().splitlines()
    assert result.returncode not in (0, 1), f"exit code {result.returncode}"
    assert "Traceback" not in result.stderr, lines[-1]
    return lines[-1]
