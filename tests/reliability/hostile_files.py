"""Files and folders that a user could be handed, and none of which is good.

A maker takes ``place``, where it makes one, ``good``, which holds an honest run
(``run``) and its export (``model``), and ``canary``, a file that nothing may
touch. It returns the flags that name what it has made.
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

    def make(place, good, canary):
        act = hostile_models.operations()[operation]
        hostile_models.write(place / "model", act, canary)
        return [f"--model={place / 'model'}"]

    return make


def altered(which: str) -> Callable[..., Callable[..., list[str]]]:
    """Makes a maker of what changes a copy of an honest folder.

    What it decorates takes the copy, of ``good / which``, and the canary.
    """

    def decorate(alter):
        def make(place, good, canary):
            alter(shutil.copytree(good / which, place / which), canary)
            return [f"--model={place / which}"]

        return make

    return decorate


@altered("model")
def without_manifest(model, canary):
    """Takes from a model what it consists of."""
    (model / checksums.NAME).unlink()


@altered("model")
def link_out(model, canary):
    """Puts one file of a model elsewhere."""
    index = model / "variables" / "variables.index"
    index.rename(model.parent / "elsewhere")
    index.symlink_to(model.parent / "elsewhere")
    checksums.write_manifest(model)


@altered("model")
def manifest_out(model, canary):
    """Lets a manifest list, with its digest, a file elsewhere."""
    content = checksums.read_manifest(model)
    content["sha256"]["../canary"] = checksums.file_sha256(canary)
    content["self"] = checksums.digest(content)
    (model / checksums.NAME).write_text(checksums.render(content))


@altered("run")
def deep_config(run, canary):
    """Writes a config.json that no parser can follow."""
    (run / "config.json").write_text("[" * 10**5)


def config(**settings) -> Callable[..., list[str]]:
    """Returns what makes a run whose config.json says something else."""

    @altered("run")
    def make(run, canary):
        content = json.loads((run / "config.json").read_text())
        content["model"].update(settings)
        (run / "config.json").write_text(json.dumps(content))

    return make


def lambda_layer(place, good, canary):
    """Makes a Keras file that holds code."""
    import keras

    path, song = str(canary), hostile_models.TOUCHED
    # Keras writes the code of a lambda, and only of one, to the file.
    touch = keras.layers.Lambda(lambda x: (open(path, "w").write(song), x)[1])
    model = keras.Sequential([keras.Input((1,)), touch])
    canary.write_text(SONG)  # building the model has called the function
    model.save(place / "model.keras")
    return [f"--model={place / 'model.keras'}"]


def zip_bomb(place, good, canary):
    """Makes a small file that unpacks to a large one, and elsewhere."""
    path = place / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../canary", hostile_models.TOUCHED)
        file.writestr("model.weights.h5", bytes(BOMB))
    return [f"--model={path}"]


def pickle_as_model(place, good, canary):
    """Makes a file that Python would unpickle."""
    path = place / "model.pkl"
    path.write_bytes(pickled(canary))
    return [f"--model={path}"]


def pickle_as_z(place, good, canary):
    """Makes a file that NumPy would unpickle, in the place of numbers."""
    (place / "z.npy").write_bytes(pickled_array(canary))
    return [f"--model={good / 'model'}", f"--z={place / 'z.npy'}"]


def pickle_in_store(place, good, canary):
    """Makes a store whose sounds NumPy would unpickle."""
    store = tiny.make_store(place / "store").path
    (store / "waveforms.npy").write_bytes(pickled_array(canary))
    return [f"--model={good / 'model'}", f"--data_dir={store}"]


def sound_list(**changes) -> Callable[..., list[str]]:
    """Returns what makes a sounds.json with something else in an entry."""

    def make(place, good, canary):
        content = json.loads((good / "sounds" / "sounds.json").read_text())
        content["sounds"][0].update(changes)
        (place / "sounds.json").write_text(json.dumps(content))
        return [f"--again={place / 'sounds.json'}"]

    return make


def flags(*given: str) -> Callable[..., list[str]]:
    """Returns flags beside those of an honest model."""
    return lambda place, good, canary: [f"--model={good / 'model'}", *given]
