"""R13: files that would do harm are refused, and do none."""

import contextlib
import functools
import importlib
import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from data_prep.audio import workers
from experiments.common import cli
from tests.reliability import hostile_files as files
from tests.reliability import limited_tasks, tiny
from tests.reliability.row import Case
from tests.reliability.untrained import make_run

REFUSALS = {
    "a model that reads files": (files.savedmodel("ReadFile"), "read files"),
    "a model that lists files": (
        files.savedmodel("MatchingFiles"),
        "read files",
    ),
    "a model that writes files": (
        files.savedmodel("WriteFile"),
        "write files",
    ),
    "a model that saves files": (files.savedmodel("SaveV2"), "write files"),
    "a model that prints to files": (
        files.savedmodel("PrintV2"),
        "write files",
    ),
    "a model that calls Python": (files.savedmodel("PyFunc"), "run Python"),
    "a model that calls Python eagerly": (
        files.savedmodel("EagerPyFunc"),
        "run Python",
    ),
    "a model without manifest": (files.without_manifest, "no manifest"),
    "a link out of a model": (files.link_out, "is a link"),
    "a manifest that leads out": (files.manifest_out, "outside it"),
    "a Keras file with a Lambda": (files.lambda_layer, "is a file"),
    "a zip bomb that leads out": (files.zip_bomb, "is a file"),
    "a pickle as a model": (files.pickle_as_model, "is a file"),
    "a pickle as z": (files.pickle_as_z, "numbers with commas"),
    "a config of another width": (files.config(width=4), "configuration"),
    "a config of other classes": (
        files.config(classes=["a", "b", "c"]),
        "configuration",
    ),
    "a config of a giant": (
        files.config(width=1024, latent_dim=4096, length=65536),
        "configuration",
    ),
    "a config of no model": (files.config(classes=[1, [2]]), "config"),
    "a config nested too deep": (files.deep_config, "config"),
    "a checkpoint of another run": (
        files.checkpoint_of_another,
        "configuration",
    ),
    "a list with a path": (files.sound_list(file="../x.wav"), "no name"),
    "a list with NaN": (files.sound_list(z=[0, 0, float("nan")]), "finite"),
    "a list with a giant number": (
        files.sound_list(z=[0, 0, 10**400]),
        "no list",
    ),
    "a list with a long z": (files.sound_list(z=[0] * 10**5), "takes 3"),
    "a list with an unknown class": (files.sound_list(label="x"), "knows no"),
    "a list with no class": (files.sound_list(label=["kick"]), "knows no"),
    "a list nested too deep": (files.deep_list, "nested too deep"),
    "a class with a path": (files.flags("--label=../../x"), "knows no"),
    "a z of NaN": (files.flags("--z=0,0,nan"), "finite"),
    "a z of 1e999": (files.flags("--z=0,0,1e999"), "finite"),
    "a number of sounds without end": (
        files.flags("--num=9999999999999"),
        "num",
    ),
}
ELSEWHERE = {
    "interpolate: a model that writes files": (
        "interpolate",
        files.savedmodel("WriteFile"),
        "write files",
    ),
    "plot_examples: a model that writes files": (
        "plot_examples",
        files.savedmodel("WriteFile"),
        "write files",
    ),
    "plot_examples: a pickle in a store": (
        "plot_examples",
        files.pickle_in_store,
        "waveforms.npy",
    ),
}
MORE = {"interpolate": ["--label=kick"], "generate": [], "plot_examples": []}


def refused(folder: Path, quick: bool) -> Iterator[Case]:
    """R13: exit code 2, one line with the reason, and no file touched."""
    _make_good(folder)
    tried = {k: ("generate", *v) for k, v in REFUSALS.items()} | ELSEWHERE
    for name, (script, make, said) in tried.items():
        attempt = functools.partial(_refused, folder, script, make, said)
        yield Case(name, functools.partial(attempt, _call))
        if name == "a model that writes files" or not quick:
            command = functools.partial(attempt, _start)
            yield Case(f"{name}, as a command", command)
    for name, check in LIMITS.items():
        yield Case(name, check)


def _make_good(folder: Path) -> None:
    """Makes an honest run, its export, a list of its sounds, and another."""
    import dataclasses

    from experiments import generate
    from wavegan_cond.saved_models.export import export_run

    make_run(folder / "run", tiny.MODEL)
    make_run(folder / "other", dataclasses.replace(tiny.MODEL, prior="uniform"))
    export_run(folder / "run", folder / "model")
    model, sounds = str(folder / "model"), str(folder / "sounds")
    with contextlib.redirect_stdout(io.StringIO()):
        generate.run(
            generate.Settings(
                model=model, output_dir=sounds, num=1, picture=False
            )
        )


def _refused(
    good: Path,
    script: str,
    make: Callable[..., list[str]],
    said: str,
    start: Callable[[str, list[str]], tuple[int, str]],
    place: Path,
) -> None:
    canary = place / "canary"
    canary.write_text(files.SONG)
    given = make(place, good, canary)
    if not given[0].startswith("--again"):
        given += [f"--output_dir={place / 'out'}", *MORE[script]]
    code, errors = start(script, given)
    lines = errors.strip().splitlines()
    assert code == 2, f"exit {code}: {errors[-500:]}"
    assert len(lines) == 1 and said in lines[0], errors[-500:]
    assert canary.read_text() == files.SONG, "the canary was touched"
    assert not (place / "out").exists(), "something was written"


def _call(script: str, given: list[str]) -> tuple[int, str]:
    """Returns exit code and standard error of a script, run in here."""
    module = importlib.import_module(f"experiments.{script}")
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        try:
            cli.run(module.main, module.FLAGS, module.__doc__, [script, *given])
        except SystemExit as end:
            return end.code, errors.getvalue()
    raise AssertionError("a script ends with an exit code")


def _start(script: str, given: list[str]) -> tuple[int, str]:
    """Returns exit code and standard error of a script, as a user runs it."""
    command = [sys.executable, "-m", f"experiments.{script}", *given]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stderr


def _memory_is_limited(place: Path) -> None:
    """A child that asks for more memory than it may have does not get it."""
    [limit] = workers.run_ordered(limited_tasks.memory_left, [0], workers=1)
    assert 0 < limit <= workers.MEMORY, f"{limit} bytes are left to a child"
    asked = 2 * workers.MEMORY
    [got] = workers.run_ordered(limited_tasks.allocate, [asked], workers=1)
    assert got == "MemoryError", f"{asked} bytes: {got}"


def _time_is_limited(place: Path) -> None:
    """A child that hangs is ended, and the next task is done."""
    results = workers.run_ordered(
        limited_tasks.sleep, [600, 0], workers=1, timeout=1.0
    )
    hung, done = results
    assert getattr(hung, "reason", "") == workers.TIMEOUT, hung
    assert done == "awake", done


def _a_crash_is_survived(place: Path) -> None:
    """A child that dies takes its own task along and no other."""
    results = workers.run_ordered(limited_tasks.crash, [1, 0], workers=1)
    dead, done = results
    assert getattr(dead, "reason", "") == workers.CRASH, dead
    assert done == "alive", done


LIMITS = {
    "a decoder that takes all memory": _memory_is_limited,
    "a decoder that hangs": _time_is_limited,
    "a decoder that crashes": _a_crash_is_survived,
}
