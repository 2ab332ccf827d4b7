"""A kit made from Python, without any command."""

import io

import pytest
import soundfile

from experiments.kit.make import make_kit
from experiments.kit.options import KitOptions
from tests.fixtures.runs import make_export
from wavegan_cond.saved_models.load import load_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    return load_model(make_export(folder, length=4096))


def test_a_kit_is_what_its_options_say(model):
    options = KitOptions(name="mine", seed=3, pool=48, bits=24)
    kit, sounds, faults = make_kit(model, {"kick": 2, "snare": 1}, options)
    assert kit.name == "mine" and set(faults) == {"kick", "snare"}
    files = [recipe.file for recipe, _ in sounds]
    assert files == ["kick_01.wav", "kick_02.wav", "snare_01.wav"]
    for _, wav in sounds:
        info = soundfile.info(io.BytesIO(wav))
        assert (info.samplerate, info.subtype) == (44100, "PCM_24")
