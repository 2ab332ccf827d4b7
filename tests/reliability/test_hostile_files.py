"""R13: hostile files are refused.

Files that would do harm: exit code 2, one line with the reason, and no file is
touched.
"""

import importlib
import subprocess

import pytest

from experiments import generate
from tests.fixtures import tiny
from tests.fixtures.commands import end
from tests.fixtures.processes import started
from tests.fixtures.runs import make_run_of
from tests.reliability import hostile_files as files
from tests.reliability.cases import each
from wavegan_cond.saved_models.formats import export_model

OPERATIONS = {
    "ReadFile": "read files",
    "MatchingFiles": "read files",
    "WriteFile": "write files",
    "SaveV2": "write files",
    "PrintV2": "write files",
    "PyFunc": "run Python",
    "EagerPyFunc": "run Python",
}
GENERATE = {
    **{
        f"a model of {name}": (files.savedmodel(name), said)
        for name, said in OPERATIONS.items()
    },
    "a model without manifest": (files.without_manifest, "no manifest"),
    "a link out of a model": (files.link_out, "is a link"),
    "a manifest that leads out": (files.manifest_out, "outside it"),
    "a Keras file with a Lambda": (files.lambda_layer, "is a file"),
    "a zip bomb that leads out": (files.zip_bomb, "is a file"),
    "a pickle as a model": (files.pickle_as_model, "is a file"),
    "a pickle as z": (files.pickle_as_z, "numbers with commas"),
    "a config of another width": (files.config(width=4), "configuration"),
    "a config of no model": (files.config(classes=[1, [2]]), "config"),
    "a config nested too deep": (files.deep_config, "config"),
    "a list with a path": (files.sound_list(file="../x.wav"), "no name"),
    "a list with a long z": (files.sound_list(z=[0] * 10**5), "takes 3"),
    "a list with an unknown class": (files.sound_list(label="x"), "knows no"),
    "a list with no class": (files.sound_list(label=["kick"]), "no name"),
    "a class with a path": (files.flags("--label=../../x"), "knows no"),
    "sounds without end": (files.flags("--num=9999999999999"), "num"),
}
WRITER = GENERATE["a model of WriteFile"]
CASES = {name: ("generate", *case) for name, case in GENERATE.items()} | {
    "interpolate: a model of WriteFile": ("interpolate", *WRITER),
    "plot_examples: a model of WriteFile": ("plot_examples", *WRITER),
    "plot_examples: a pickle in a store": (
        "plot_examples",
        files.pickle_in_store,
        "waveforms.npy",
    ),
}
MORE = {"interpolate": ["--label=kick"], "generate": [], "plot_examples": []}


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """An honest run, its export, and a list of its sounds."""
    folder = tmp_path_factory.mktemp("good")
    make_run_of(folder / "run", tiny.MODEL)
    export_model(folder / "run", folder / "model")
    model, sounds = str(folder / "model"), str(folder / "sounds")
    generate.run(
        generate.Settings(model=model, output_dir=sounds, num=1, picture=False)
    )
    return folder


@pytest.fixture
def attempt(good, tmp_path):
    """Returns what hands a command a hostile file, and sees it refused."""

    def check(name, start):
        script, make, said = CASES[name]
        canary = tmp_path / "canary"
        canary.write_text(files.SONG)
        flags = make(tmp_path, good, canary)
        if not flags[0].startswith("--again"):
            flags += [f"--output_dir={tmp_path / 'out'}", *MORE[script]]
        code, errors = start(script, flags)
        lines = errors.strip().splitlines()
        assert code == 2
        assert len(lines) == 1 and said in lines[0], errors[-500:]
        assert canary.read_text() == files.SONG, "the canary was touched"
        assert not (tmp_path / "out").exists(), "something was written"

    return check


@pytest.mark.parametrize("name", CASES)
def test_refused(attempt, capsys, name):
    def call(script, flags):
        module = importlib.import_module(f"experiments.{script}")
        capsys.readouterr()  # what making the file has said
        return end(module, *flags), capsys.readouterr().err

    attempt(name, call)


@pytest.mark.slow
@each("name", CASES, quick=["a model of WriteFile"])
def test_refused_as_a_command(attempt, name):
    def start(script, flags):
        command = started(script, *flags)
        done = subprocess.run(command, capture_output=True, text=True)
        return done.returncode, done.stderr

    attempt(name, start)
