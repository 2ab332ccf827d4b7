"""R11: the SavedModel makes the sounds of the model it was exported from."""

import dataclasses
import functools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.reliability import tiny
from tests.reliability.row import Case
from tests.reliability.untrained import make_run
from wavegan_cond.config import CONDITIONING, UPSAMPLING, ModelConfig
from wavegan_cond.saved_models.export import export_run
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.signatures import to_audio

SOUNDS = 256
BATCHES = (1, 7, 64)
TOLERANCE = 1e-6
FORBIDDEN = ("wavegan_cond", "data_prep", "experiments", "keras", "tf_keras")

# A program that has TensorFlow and nothing of this project. It tries to import
# what it must not have, and says which of it was not to be had.
STRANGER = """
import importlib.machinery, json, sys

class Blocker:
    # TensorFlow looks whether there is a Keras, and does without.
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in FORBIDDEN:
            return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        raise ImportError(spec.name + " is blocked")

    def exec_module(self, module):
        raise ImportError("blocked")

FORBIDDEN = json.loads(sys.argv[1])
sys.meta_path.insert(0, Blocker())
import numpy, tensorflow
blocked = []
for name in FORBIDDEN:
    try:
        __import__(name)
    except ImportError:
        blocked.append(name)
model = tensorflow.saved_model.load(sys.argv[2])
generate = model.signatures["generate"]
data = numpy.load(sys.argv[3], allow_pickle=False)
z, label, out = data["z"], data["label"], {}
for batch in json.loads(sys.argv[4]):
    parts = [
        generate(
            z=tensorflow.constant(z[i : i + batch]),
            label=tensorflow.constant(label[i : i + batch]),
        )["audio"].numpy()
        for i in range(0, len(z), batch)
    ]
    out[str(batch)] = numpy.concatenate(parts)
numpy.savez(sys.argv[5], **out)
print(json.dumps(blocked))
"""


def equivalent(folder: Path, quick: bool) -> Iterator[Case]:
    """R11: live and exported, over all settings that shape the graph."""
    models = [tiny.MODEL]
    if not quick:
        large = dataclasses.replace(tiny.MODEL, length=16384, width=16)
        models += [
            dataclasses.replace(large, conditioning=way, upsampling=method)
            for way in CONDITIONING
            for method in UPSAMPLING
        ]
        models.append(dataclasses.replace(tiny.MODEL, post_filter=8))
        models.append(dataclasses.replace(tiny.MODEL, match_eq=True))
    for model in models:
        name = (
            f"T = {model.length}, d = {model.width}, {model.conditioning}, "
            f"{model.upsampling}, filter {model.post_filter}, "
            f"equalizer {model.match_eq}, z of seed 0"
        )
        yield Case(name, functools.partial(_check, model))


def _check(model: ModelConfig, place: Path) -> None:
    generator = make_run(place / "run", model)
    export_run(place / "run", place / "model")
    z = latents.draw(0, SOUNDS, model.latent_dim, model.prior)
    label = np.arange(SOUNDS, dtype=np.int32) % len(model.classes)
    np.savez(place / "in.npz", z=z, label=label)
    made = _ask_stranger(place)
    live = to_audio(generator(z, label)).numpy()
    assert np.ptp(live) > 1e-3, "the model makes no sound"
    for batch, audio in made.items():
        assert np.isfinite(audio).all(), f"not finite in batches of {batch}"
        for what, other in (("live", live), ("batch 1", made[BATCHES[0]])):
            far = np.abs(audio - other).max()
            assert far <= TOLERANCE, f"batches of {batch}, {what}: {far:.1e}"


def _ask_stranger(place: Path) -> dict[int, np.ndarray]:
    """Returns the sounds of a program without this project, by batch size."""
    command = [
        *(sys.executable, "-I", "-c", STRANGER, json.dumps(FORBIDDEN)),
        *(str(place / "model"), str(place / "in.npz"), json.dumps(BATCHES)),
        str(place / "out.npz"),
    ]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True)
    assert not done.returncode, done.stderr[-2000:]
    blocked = json.loads(done.stdout.splitlines()[-1])
    assert blocked == list(FORBIDDEN), f"it could import all but {blocked}"
    with np.load(place / "out.npz", allow_pickle=False) as out:
        return {batch: out[str(batch)] for batch in BATCHES}
