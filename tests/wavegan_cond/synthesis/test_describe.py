"""The fingerprint of a model outlives versions of this program."""

import dataclasses
import hashlib
import json

import pytest

from tests.fixtures.runs import make_generator_of, model_config
from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.synthesis.describe import fingerprint


@pytest.mark.parametrize("changed", [False, True])
def test_the_fingerprint_of_a_model_outlives_new_settings(changed):
    """Lists of sounds name it: it may change only where the sounds do."""
    model = model_config(envelope=changed)
    generator = make_generator_of(model)
    settings = dataclasses.asdict(model)
    assert settings.pop("partials") == 0
    if not changed:
        assert settings.pop("envelope") is False
    text = json.dumps(settings, sort_keys=True)
    text += "the sound of the blocks rings down" * changed
    digest = hashlib.sha256(text.encode())
    for name, weight in sorted(variables_of(generator, "generator").items()):
        digest.update(name.encode() + weight.numpy().tobytes())
    assert fingerprint(model, generator) == digest.hexdigest()
