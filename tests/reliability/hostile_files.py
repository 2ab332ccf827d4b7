"""Files and folders that a user could be handed, and none of which is good.

Each function makes one in ``place`` and returns the flags that name it.
``good`` holds an honest run (``run``) and its export (``model``); ``canary`` is
a file that nothing may touch.
"""

import io
import json
import shlex
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.fixtures import hostile_models, tiny
from wavegan_cond.storage import checksums

SONG = "alive"  # the content of an untouched canary
BOMB = 1 << 28  # bytes of zeros in a zip of 260 kB


def pickled(canary: Path) -> bytes:
    """Returns a pickle that writes to ``canary`` when it is loaded."""
    command = f"echo {hostile_models.TOUCHED} > {shlex.quote(str(canary))}"
    return f"cos\nsystem\n(V{command}\ntR.".encode()


def pickled_array(canary: Path) -> bytes:
    """Returns a .npy file of such an object."""
    file = io.BytesIO()
    header = {"descr": "|O", "fortran_order": False, "shape": (1,)}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + pickled(canary)


def savedmodel(operation: str) -> Callable[..., list[str]]:
    """Returns what makes a SavedModel with an operation, and its manifest."""

    def make(place: Path, good: Path, canary: Path) -> list[str]:
        act = hostile_models.operations()[operation]
        hostile_models.write(place / "model", act, canary)
        return [f"--model={place / 'model'}"]

    return make


def without_manifest(place: Path, good: Path, canary: Path) -> list[str]:
    """A model that does not say what it consists of."""
    shutil.copytree(good / "model", place / "model")
    (place / "model" / checksums.NAME).unlink()
    return [f"--model={place / 'model'}"]


def link_out(place: Path, good: Path, canary: Path) -> list[str]:
    """A model one file of which lies elsewhere."""
    shutil.copytree(good / "model", place / "model")
    index = place / "model" / "variables" / "variables.index"
    index.rename(place / "elsewhere")
    index.symlink_to(place / "elsewhere")
    checksums.write_manifest(place / "model")
    return [f"--model={place / 'model'}"]


def manifest_out(place: Path, good: Path, canary: Path) -> list[str]:
    """A manifest that lists, with its digest, a file elsewhere."""
    shutil.copytree(good / "model", place / "model")
    content = checksums.read_manifest(place / "model")
    content["sha256"]["../canary"] = checksums.file_sha256(canary)
    content["self"] = checksums.digest(content)
    (place / "model" / checksums.NAME).write_text(checksums.render(content))
    return [f"--model={place / 'model'}"]


def lambda_layer(place: Path, good: Path, canary: Path) -> list[str]:
    """A Keras file that holds code."""
    import keras

    path, song = str(canary), hostile_models.TOUCHED
    # Keras writes the code of a lambda, and only of one, to the file.
    touch = keras.layers.Lambda(lambda x: (open(path, "w").write(song), x)[1])
    model = keras.Sequential([keras.Input((1,)), touch])
    canary.write_text(SONG)  # building the model has called the function
    model.save(place / "model.keras")
    return [f"--model={place / 'model.keras'}"]


def zip_bomb(place: Path, good: Path, canary: Path) -> list[str]:
    """A small file that unpacks to a large one, and into another folder."""
    path = place / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../canary", hostile_models.TOUCHED)
        file.writestr("model.weights.h5", bytes(BOMB))
    return [f"--model={path}"]


def pickle_as_model(place: Path, good: Path, canary: Path) -> list[str]:
    """A file that Python would unpickle."""
    path = place / "model.pkl"
    path.write_bytes(pickled(canary))
    return [f"--model={path}"]


def pickle_as_z(place: Path, good: Path, canary: Path) -> list[str]:
    """A file that NumPy would unpickle, in the place of numbers."""
    (place / "z.npy").write_bytes(pickled_array(canary))
    return [f"--model={good / 'model'}", f"--z={place / 'z.npy'}"]


def pickle_in_store(place: Path, good: Path, canary: Path) -> list[str]:
    """A store whose sounds NumPy would unpickle."""
    store = tiny.make_store(place / "store").path
    (store / "waveforms.npy").write_bytes(pickled_array(canary))
    return [f"--model={good / 'model'}", f"--data_dir={store}"]


def config(**settings) -> Callable[..., list[str]]:
    """Returns what makes a run whose config.json says something else."""

    def make(place: Path, good: Path, canary: Path) -> list[str]:
        shutil.copytree(good / "run", place / "run")
        path = place / "run" / "config.json"
        content = json.loads(path.read_text())
        content["model"].update(settings)
        path.write_text(json.dumps(content))
        return [f"--model={place / 'run'}"]

    return make


def deep_config(place: Path, good: Path, canary: Path) -> list[str]:
    """A run whose config.json no parser can follow."""
    shutil.copytree(good / "run", place / "run")
    (place / "run" / "config.json").write_text("[" * 10**5)
    return [f"--model={place / 'run'}"]


def checkpoint_of_another(place: Path, good: Path, canary: Path) -> list[str]:
    """A run with the weights of one of the same shapes."""
    shutil.copytree(good / "run", place / "run")
    shutil.rmtree(place / "run" / "checkpoints")
    shutil.copytree(good / "other" / "checkpoints", place / "run/checkpoints")
    return [f"--model={place / 'run'}"]


def sound_list(**changes) -> Callable[..., list[str]]:
    """Returns what makes a sounds.json with something else in an entry."""

    def make(place: Path, good: Path, canary: Path) -> list[str]:
        content = json.loads((good / "sounds" / "sounds.json").read_text())
        content["sounds"][0].update(changes)
        (place / "sounds.json").write_text(json.dumps(content))
        return [f"--again={place / 'sounds.json'}"]

    return make


def deep_list(place: Path, good: Path, canary: Path) -> list[str]:
    """A list of sounds that no parser can follow."""
    (place / "sounds.json").write_text('{"sounds":' * 10**5)
    return [f"--again={place / 'sounds.json'}"]


def flags(*given: str) -> Callable[..., list[str]]:
    """Returns flags beside those of an honest model."""
    return lambda place, good, canary: [f"--model={good / 'model'}", *given]
