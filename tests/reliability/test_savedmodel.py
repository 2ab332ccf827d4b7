"""R11: the SavedModel is the model.

A program without this package makes the sounds of the model it was exported
from, over all settings that shape the graph.
"""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest

from tests.fixtures import tiny
from tests.fixtures.runs import make_run_of
from tests.reliability.cases import each
from wavegan_cond.config import CONDITIONING, UPSAMPLING
from wavegan_cond.saved_models.formats import export_model
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.signatures import to_audio

pytestmark = pytest.mark.slow
SOUNDS = 256
BATCHES = (1, 7, 64)
TOLERANCE = 1e-6
FORBIDDEN = ("wavegan_cond", "data_prep", "experiments", "keras", "tf_keras")
LARGE = dataclasses.replace(tiny.MODEL, length=16384, width=16)
MODELS = [
    tiny.MODEL,
    *(
        dataclasses.replace(LARGE, conditioning=way, upsampling=method)
        for way in CONDITIONING
        for method in UPSAMPLING
    ),
    dataclasses.replace(tiny.MODEL, post_filter=8),
    dataclasses.replace(tiny.MODEL, match_eq=True),
]

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
import numpy as np, tensorflow as tf
blocked = []
for name in FORBIDDEN:
    try:
        __import__(name)
    except ImportError:
        blocked.append(name)

call = dict(tf.saved_model.load(sys.argv[2]).signatures)
given = dict(np.load(sys.argv[3], allow_pickle=False))
takes = {
    "generate": ("z", "label"),
    "serving_default": ("z", "label"),
    "mix": ("z", "class_weights"),
}
out = {}
for batch in json.loads(sys.argv[4]):
    for name, arguments in takes.items():
        parts = []
        for i in range(0, len(given["z"]), batch):
            part = {a: tf.constant(given[a][i : i + batch]) for a in arguments}
            parts.append(call[name](**part)["audio"].numpy())
        out[f"{name} {batch}"] = np.concatenate(parts)
np.savez(sys.argv[5], **out)

z, label = tf.constant(given["z"]), tf.constant(given["label"])
wrong = ((z, label + 1), (z, label - 1), (z, label[1:]),
         (z * float("nan"), label), (z / 0, label))
errors = []
for bad_z, bad_label in wrong:
    try:
        call["generate"](z=bad_z, label=bad_label)
        errors.append("none")
    except tf.errors.InvalidArgumentError as error:
        errors.append(str(error))
info = json.loads(call["info"]()["info"].numpy())
print(json.dumps({"blocked": blocked, "info": info, "errors": errors}))
"""
LABELS = "from 0 to 2"
REASONS = (LABELS, LABELS, "differ in number", "finite", "finite")


def describe(model):
    return (
        f"T = {model.length}, d = {model.width}, {model.conditioning}, "
        f"{model.upsampling}, filter {model.post_filter}, "
        f"equalizer {model.match_eq}"
    )


@each("model", MODELS, quick=1, label=describe)
def test_a_program_without_this_package_makes_the_same(tmp_path, model):
    generator = make_run_of(tmp_path / "run", model)
    export_model(tmp_path / "run", tmp_path / "model")
    z = latents.draw(model, 0, SOUNDS)
    label = np.arange(SOUNDS, dtype=np.int32) % len(model.classes)
    weights = np.random.default_rng(0).dirichlet([1, 1, 1], SOUNDS)
    weights = weights.astype(np.float32)
    np.savez(tmp_path / "in.npz", z=z, label=label, class_weights=weights)
    said, made = ask_stranger(tmp_path)
    live = {"generate": to_audio(generator(z, label)).numpy()}
    live["serving_default"] = live["generate"]
    live["mix"] = to_audio(generator.mix(z, weights)).numpy()
    assert np.ptp(live["generate"]) > 1e-3, "the model makes no sound"
    for name, expected in live.items():
        for batch in BATCHES:
            audio = made[f"{name} {batch}"]
            assert audio.dtype == np.float32 and np.isfinite(audio).all()
            for other in (expected, made[f"{name} {BATCHES[0]}"]):
                far = np.abs(audio - other).max()
                assert far <= TOLERANCE, f"{name} in batches of {batch}"
    check_errors(said["errors"], model)
    check_info(said["info"], model, load_model(tmp_path / "run").info)


def ask_stranger(folder):
    """What a program without this project says, and the sounds it makes."""
    command = [
        *(sys.executable, "-I", "-c", STRANGER, json.dumps(FORBIDDEN)),
        *(str(folder / "model"), str(folder / "in.npz"), json.dumps(BATCHES)),
        str(folder / "out.npz"),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert not done.returncode, done.stderr[-2000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["blocked"] == list(FORBIDDEN), "it could import the others"
    with np.load(folder / "out.npz", allow_pickle=False) as out:
        return said, dict(out)


def check_errors(errors, model):
    """Every wrong call is refused, and told why."""
    for error, reason in zip(errors, REASONS, strict=True):
        unheard = model.conditioning == "none" and reason == LABELS
        assert unheard or reason in error


def check_info(info, model, expected):
    """The model says of itself what its run does."""
    assert info["config"]["model"]["width"] == model.width
    assert info["config"]["train"]["learning_rate"] == 2e-4
    expected = json.loads(json.dumps(vars(expected)))  # lists for tuples
    assert {name: info[name] for name in expected} == expected
