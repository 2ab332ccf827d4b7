"""Exports to LiteRT, ONNX and TensorFlow Serving, beside the live model."""

import functools
import importlib
import importlib.util
import json

import numpy as np
import pytest
import soundfile
import tensorflow as tf

from tests.fixtures.disks import small_disk
from tests.fixtures.environments import ROOT
from tests.fixtures.runs import make_export, make_generator_of, model_config
from wavegan_cond.model.networks import make_generator
from wavegan_cond.saved_models import format_names, litert_format, reference
from wavegan_cond.saved_models.export import ExportSource, write_saved_model
from wavegan_cond.saved_models.format_names import FORMATS, FormatError
from wavegan_cond.saved_models.formats import export_model
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.saved_models.load_run import load_run
from wavegan_cond.saved_models.portable import portable_functions
from wavegan_cond.saved_models.reopen import reopen
from wavegan_cond.schedule import Stage
from wavegan_cond.storage import checksums
from wavegan_cond.storage.atomic import WriteError
from wavegan_cond.synthesis import latents, steering
from wavegan_cond.synthesis.describe import describe
from wavegan_cond.synthesis.model_info import ModelError
from wavegan_cond.synthesis.signatures import MAX_Z
from wavegan_cond.synthesis.synth import from_generator

SHIPPED = ROOT / "experiments/results/open/model"
SETTINGS = {"latent_dim": 5, "match_eq": True}  # of the small model
MODEL = model_config(**SETTINGS)
CONVERTED = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            not all(map(importlib.util.find_spec, FORMATS[name])),
            reason=f"{name} needs {', '.join(FORMATS[name])}",
        ),
    )
    for name in ("litert", "onnx")
]


def shake(generator, seed=0):
    """Gives each weight that is all zeros, or a filter, others."""
    random = np.random.default_rng(seed)
    for variable in generator.variables:
        if "match_eq" in variable.path:
            noise = random.standard_normal(variable.shape)
            decay = np.exp(-np.arange(variable.shape[1]) / 20)
            variable.assign(0.3 * noise * decay)
        elif "mix" in variable.path:
            variable.assign(0.3 * random.standard_normal(variable.shape))


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory):
    """A SavedModel; every other test model is of the same weights."""
    folder = tmp_path_factory.mktemp("formats")
    return make_export(folder, **SETTINGS)


@pytest.fixture(scope="module")
def exported(saved_model, tmp_path_factory):
    """Returns a function: a format, a model -> its folder, written once."""

    @functools.cache
    def folder(name, model=saved_model):
        new = tmp_path_factory.mktemp("exported") / name
        export_model(model, new, formats=[name])
        return new

    return folder


def player(name, folder):
    form = importlib.import_module(f"wavegan_cond.saved_models.{name}_format")
    return form.load(folder)


def in_pieces(run):
    """A player that makes some sounds at a time, so that memory is enough."""

    def play(name, inputs):
        pieces = [
            run(name, {key: x[i : i + 64] for key, x in inputs.items()})
            for i in range(0, len(inputs["z"]), 64)
        ]
        return map(np.concatenate, zip(*pieces, strict=True))

    return play


def stage_of_256(fade_iterations):
    return Stage(
        index=0,
        length=256,
        first=0,
        last=9,
        fade_iterations=fade_iterations,
        batch_size=4,
        learning_rate=1e-4,
    )


@pytest.mark.parametrize(
    "model, sounds",
    [
        pytest.param(None, 256, id="small"),
        pytest.param(SHIPPED, 32, id="shipped"),
        pytest.param(SHIPPED, 256, id="shipped, more", marks=pytest.mark.full),
    ],
)
@pytest.mark.parametrize("name", CONVERTED)
def test_sounds_are_those_of_the_live_model(
    saved_model, exported, name, model, sounds
):
    model = model or saved_model
    live = load_model(model)
    run = in_pieces(player(name, exported(name, model)))
    z = latents.draw(live.info, 1, sounds)
    label = np.arange(sounds, dtype=np.int32) % 3
    weights = np.random.default_rng(0).dirichlet([1, 1, 1], sounds)
    amounts = np.float32([[0.5, -1, 0.2]] * sounds)
    steered = steering.steer(z, live.info.directions, amounts)
    for function, inputs, expected in (
        ("generate", {"label": label}, live.generate(z, label)),
        ("mix", {"class_weights": np.float32(weights)}, live.mix(z, weights)),
        ("steer", {"label": label, "steer": amounts}, None),
    ):
        if expected is None:
            expected = live.generate(steered, label)
        audio, valid = run(function, {"z": z, **inputs})
        assert np.abs(audio).max() > 0.01 and valid.all()
        # Half a step of 16 bits.
        np.testing.assert_allclose(audio, expected, atol=0.5 / 2**15, rtol=0)


@pytest.mark.parametrize("name", CONVERTED)
def test_what_a_saved_model_refuses_is_not_valid(exported, name):
    """And the other sounds of its batch are as they would be without it."""
    run = player(name, exported(name))
    z = np.repeat(latents.draw(MODEL, 2, 1), 9, axis=0)
    for row, value in enumerate([np.nan, np.inf, -np.inf, 2 * MAX_Z], start=1):
        z[row, row] = value
    label = np.int32([0, 0, 0, 0, 0, -1, 3, 10**9, 0])
    audio, valid = run("generate", {"z": z, "label": label})
    good = [True] + 7 * [False] + [True]
    assert valid.tolist() == good
    assert not audio[1:8].any() and audio[0].any()
    np.testing.assert_array_equal(audio[8], audio[0])
    weights = np.zeros((9, 3), np.float32)
    weights[:, 0] = [1, 1, 1, 1, 1, 0.9, np.nan, 1e4, 1]
    weights[7, 1] = 1 - 1e4
    audio, valid = run("mix", {"z": z, "class_weights": weights})
    assert valid.tolist() == good and not audio[1:8].any()
    amounts = np.zeros((9, 3), np.float32)
    amounts[0, 0], amounts[8, 2] = np.nan, np.inf
    audio, valid = run("steer", {"z": z, "label": label, "steer": amounts})
    bad = [0, 1, 2, 3, 5, 6, 7, 8]  # steering may bring the z of 4 back
    assert not valid[bad].any() and not audio[bad].any()


@pytest.mark.parametrize("name", CONVERTED)
def test_numbers_that_differ_make_no_sound(exported, name):
    run = player(name, exported(name))
    z, label = latents.draw(MODEL, 0, 2), np.int32([0])
    try:
        audio, valid = run("generate", {"z": z, "label": label})
    except Exception as error:  # each runtime has its own
        assert type(error).__module__ != __name__
    else:
        assert not valid.any() and not audio.any()


KINDS = {
    "noise": {"noise": True},
    "partials": {
        "partials": 128,
        "envelope": True,
        "length": 16384,
        "width": 1,
    },
    "onehot": {
        "conditioning": "onehot",
        "upsampling": "zeros",
        "post_filter": 32,
    },
    "unconditional": {"conditioning": "none", "match_eq": True},
    "last block by 2": {"length": 32768, "width": 1, "match_eq": True},
}


def converted_alone(name, generator, info, folder):
    """Returns what generate of a generator answers in a format."""
    form = importlib.import_module(f"wavegan_cond.saved_models.{name}_format")
    functions = portable_functions(generator, info)
    form.write({"generate": functions["generate"]}, generator, "{}", folder)
    z = latents.draw(info, 0, 8)
    label = np.arange(8, dtype=np.int32) % len(info.classes)
    audio, valid = form.load(folder)("generate", {"z": z, "label": label})
    assert valid.all()
    return audio, z, label


@pytest.mark.parametrize("name", CONVERTED)
@pytest.mark.parametrize("settings", KINDS.values(), ids=KINDS)
def test_every_kind_of_generator(settings, name, tmp_path):
    model = model_config(**settings)
    generator = make_generator_of(model)
    shake(generator)
    info = describe(model, generator, 0)
    audio, z, label = converted_alone(name, generator, info, tmp_path)
    expected = reference_audio(generator, info, z, label)
    np.testing.assert_allclose(audio, expected, atol=1e-5)


def reference_audio(generator, info, z, label):
    return from_generator(generator, info).generate(z, label)


@pytest.mark.parametrize("name", CONVERTED)
def test_a_growing_stage_at_the_full_rate(name, tmp_path):
    model = model_config()
    generator = make_generator(model, stage=stage_of_256(fade_iterations=4))
    generator.fade.assign(0.3)
    info = describe(model, generator, 0, full_rate=True)
    assert info.length == 1024
    audio, z, label = converted_alone(name, generator, info, tmp_path)
    expected = reference_audio(generator, info, z, label)
    np.testing.assert_allclose(audio, expected, atol=1e-5)


@pytest.mark.parametrize("name", CONVERTED)
def test_the_reference_is_complete(saved_model, exported, name):
    folder = exported(name)
    checksums.verify(folder)
    written = json.loads((folder / "info.json").read_text())
    assert written["fingerprint"] == load_model(saved_model).info.fingerprint
    content = json.loads((folder / "reference.json").read_text())
    run = player(name, folder)
    types = {"label": np.int32}
    for function, row in content.items():
        inputs = {
            key: np.asarray(value, types.get(key, np.float32))
            for key, value in row["inputs"].items()
        }
        audio, valid = run(function, inputs)
        samples, rate = soundfile.read(folder / row["audio"], dtype="float32")
        assert rate == written["sample_rate"]
        assert valid.tolist() == row["valid"] and not row["valid"][-1]
        samples = samples.reshape(audio.shape)
        np.testing.assert_allclose(audio, samples, atol=1e-5)
        assert np.abs(samples).max() > 0.01


def test_onnx_files_hold_the_description(exported):
    onnxruntime = pytest.importorskip("onnxruntime", reason="not installed")
    pytest.importorskip("tf2onnx", reason="not installed")
    folder = exported("onnx")
    for name in ("generate", "mix", "steer"):
        session = onnxruntime.InferenceSession(folder / f"{name}.onnx")
        held = session.get_modelmeta().custom_metadata_map["info"]
        assert held == (folder / "info.json").read_text()
        assert [x.name for x in session.get_outputs()] == ["audio", "valid"]
        assert session.get_inputs()[0].shape[1:] == [5]


def test_a_conversion_that_sounds_otherwise_is_refused(saved_model):
    generator, info, _ = reopen(saved_model)
    expected = reference.make(generator, info)

    def off(name, inputs):
        return expected[name]["audio"] + 1e-3, expected[name]["valid"]

    def nan(name, inputs):
        return expected[name]["audio"] * np.nan, expected[name]["valid"]

    def always_valid(name, inputs):
        audio = expected[name]["audio"]
        return audio, np.ones(len(audio), bool)

    for wrong in (off, nan, always_valid):
        with pytest.raises(ModelError, match="would sound otherwise"):
            reference.check(expected, wrong)


@pytest.mark.parametrize("half", [False, True])
def test_a_saved_model_is_opened_again(tmp_path, half):
    make_export(tmp_path, match_eq=True, partials=8)
    export_model(tmp_path / "run", tmp_path / "again", half=half)
    generator, info, config = reopen(tmp_path / "again")
    saved = load_model(tmp_path / "again")
    assert info == saved.info and config["model"]["match_eq"]
    _, _, model = load_run(tmp_path / "run")
    assert describe(model, generator, info.iteration) == info


def test_a_saved_model_of_a_stage_names_the_run_folder(tmp_path):
    from wavegan_cond.model.networks import make_generator

    model = model_config()
    generator = make_generator(model, stage=stage_of_256(fade_iterations=0))
    info = describe(model, generator, 0)
    write_saved_model(ExportSource(generator, info, {}), tmp_path / "model")
    with pytest.raises(ModelError, match="name its run folder"):
        reopen(tmp_path / "model")


@pytest.mark.parametrize("form", ["inputs", "instances"])
def test_the_contract_of_tensorflow_serving(saved_model, exported, form):
    """Of its REST API, as documented: columns by name, or rows by name.

    The server loads the highest version by TensorFlow's own loader, and makes
    each tensor by the name and type that the signature gives. No server runs
    here: none can be installed from a package registry.
    """
    folder = exported("serving")
    assert [path.name for path in folder.iterdir()] == ["1"]
    checksums.verify(folder / "1")
    columns = {"z": latents.draw(MODEL, 0, 2).tolist(), "label": [0, 2]}
    rows = [
        {"z": z, "label": label}
        for z, label in zip(columns["z"], columns["label"], strict=True)
    ]
    given = {"inputs": columns, "instances": rows}[form]
    body = json.loads(json.dumps({"signature_name": "generate", form: given}))
    signatures = tf.saved_model.load(str(folder / "1")).signatures
    called = signatures[body["signature_name"]]
    _, specs = called.structured_input_signature
    assert signatures["serving_default"].structured_input_signature[1] == specs
    tensors = {
        name: tf.constant(
            body[form][name]
            if form == "inputs"
            else [row[name] for row in body[form]],
            spec.dtype,
        )
        for name, spec in specs.items()
    }
    found = json.loads(json.dumps(called(**tensors)["audio"].numpy().tolist()))
    expected = load_model(saved_model).generate(
        latents.draw(MODEL, 0, 2), np.int32([0, 2])
    )
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_several_formats_are_folders_of_their_names(saved_model, tmp_path):
    formats, texts = ["serving", "litert"], {"LICENSE": "CC BY 4.0"}
    export_model(saved_model, tmp_path / "all", formats=formats, texts=texts)
    there = {path.name for path in (tmp_path / "all").iterdir()}
    assert there == {"serving", "litert"}
    for folder in ("litert", "serving/1"):
        checksums.verify(tmp_path / "all" / folder)
        text = (tmp_path / "all" / folder / "LICENSE").read_text()
        assert text == "CC BY 4.0"


def test_a_full_disk_leaves_nothing(saved_model, tmp_path):
    with small_disk(tmp_path / "disk", 60_000) as disk:
        with pytest.raises(WriteError, match=f"cannot write {disk}"):
            export_model(saved_model, disk / "model", formats=["litert"])
        assert not list(disk.iterdir())


@pytest.mark.parametrize(
    ("formats", "message"),
    [
        ([], "expected each once"),
        (["litert", "litert"], "expected each once"),
        (["torch"], "--formats=torch: expected some of saved_model, serving"),
    ],
)
def test_formats_that_are_none(saved_model, tmp_path, formats, message):
    with pytest.raises(FormatError, match=message):
        export_model(saved_model, tmp_path / "model", formats=formats)
    assert not (tmp_path / "model").exists()


def test_a_missing_package_is_one_line_that_says_how_to_get_it():
    with pytest.raises(FormatError) as error:
        format_names.check_packages("onnx", ["json", "no_such_package"])
    text = str(error.value)
    assert text.startswith("onnx needs no_such_package: pip install")
    assert "formats" in text and "\n" not in text
    assert error.value.exit_code == 2


def test_litert_needs_no_operation_of_tensorflow(exported):
    data = (exported("litert") / litert_format.NAME).read_bytes()
    assert b"Flex" not in data
