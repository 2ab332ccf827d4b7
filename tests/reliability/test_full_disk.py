"""R3: a full disk loses nothing committed."""

import subprocess

import pytest

from data_prep.kit import demo_kit
from tests.fixtures import tiny
from tests.fixtures.disks import small_disk
from tests.fixtures.processes import started
from tests.reliability.cases import each
from wavegan_cond.training import checkpoint_folder
from wavegan_cond.training.run_dir import RunDir

pytestmark = pytest.mark.slow
ITERATIONS = 60
NEVER = 10**6
DISK_ERROR = 4


class Kept:
    """A store, and a run on it of which every checkpoint is kept."""

    def __init__(self, folder):
        self.store = tiny.make_store(folder / "store")
        self.run_dir = RunDir(folder / "run")
        subprocess.run(
            self.command(self.run_dir.path, "--checkpoint_every=10"),
            capture_output=True,
            check=True,
        )
        newest = checkpoint_folder.committed(self.run_dir.checkpoints)[-1]
        files = [path.stat().st_size for path in newest.iterdir()]
        # A file system in memory gives whole pages.
        self.save_bytes = sum(-(-size // 4096) * 4096 for size in files)

    def command(self, run_dir, *more):
        """The training command with nothing on but what is asked."""
        return tiny.command(
            self.store.path,
            run_dir,
            f"--iterations={ITERATIONS}",
            "--keep=100",
            "--notensorboard",
            f"--preview_every={NEVER}",
            *more,
        )

    def check_checkpoints(self, run_dir):
        """Checks that only what is committed is there, as in this run."""
        found = checkpoint_folder.committed(run_dir.checkpoints)
        for path in found:
            checkpoint_folder.verify(path)
            same = self.run_dir.checkpoints / path.name
            assert tiny.digests(path) == tiny.digests(same), path.name
        names = {path.name for path in run_dir.checkpoints.iterdir()}
        assert names == {path.name for path in found}, "left behind"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with small_disk(tmp_path_factory.mktemp("probe") / "disk", 1 << 16):
        pass
    return Kept(tmp_path_factory.mktemp("kept"))


@each("number", (1, 2, 5), quick=[2], label="save {}".format)
def test_a_save(kept, tmp_path, number):
    # Room for so many saves less half a one, and for the small files.
    size = int((number - 0.5) * kept.save_bytes) + 8 * 4096
    with small_disk(tmp_path / "disk", size) as disk:
        run_dir = RunDir(disk / "run")
        command = kept.command(run_dir.path, "--checkpoint_every=10")
        assert str(run_dir.path) in fail(command)
        kept.check_checkpoints(run_dir)


@each("what", ("log", "preview", "TensorBoard"), quick=["log"])
def test_what_is_written_between_saves(kept, tmp_path, what):
    """Fills the disk behind the first save, then lets one kind write on."""
    with small_disk(tmp_path / "disk", 1 << 20) as disk:
        run_dir = RunDir(disk / "run")
        first = kept.command(run_dir.path, "--iterations=10")
        subprocess.run(first, capture_output=True, check=True)
        more = {
            "log": ["--iterations=2000"],
            "preview": ["--preview_every=11"],
            "TensorBoard": ["--tensorboard", "--iterations=2000"],
        }[what]
        fill(disk, leave=8192)
        complaint = fail(kept.command(run_dir.path, *more))
        named = {"log": run_dir.log, "preview": run_dir.previews}
        assert str(named.get(what, run_dir.path)) in complaint
        kept.check_checkpoints(run_dir)
        assert not list(run_dir.path.rglob(".*")), "a temporary was left"


@each("script", ("export", "generate"), quick=["export"])
def test_what_is_made_of_a_run(kept, tmp_path, script):
    many = ["--label=kick", "--num=2000"] if script == "generate" else []
    folder = kept.run_dir.path
    with small_disk(tmp_path / "disk", 1 << 15) as disk:
        output = disk / "output"
        command = started(script, *many, model=folder, output_dir=output)
        assert str(output) in fail(command)
        assert not list(disk.rglob(".*")), "left behind"


def test_a_store(tmp_path):
    demo_kit.write_kit(tmp_path / "kit", 20)
    with small_disk(tmp_path / "disk", 1 << 19) as disk:
        folders = {"input_dir": tmp_path / "kit", "output_dir": disk / "store"}
        complaint = fail(started("prepare_data", **folders))
        assert str(disk / "store") in complaint
        assert not (disk / "store").exists(), "half a store is there"


def fill(disk, leave):
    """Writes a file that leaves so many bytes free."""
    with open(disk / "filler", "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            file.truncate(file.tell() - leave)


def fail(command):
    """Runs a command that must fail; returns its complaint."""
    result = subprocess.run(command, capture_output=True, text=True)
    lines = result.stderr.strip().splitlines()
    assert result.returncode == DISK_ERROR, lines
    assert "Traceback" not in result.stderr
    return lines[-1]
