"""The results that come with the project are what its pages rest on."""

import json
import shutil

import numpy as np
import pytest

from experiments.claims import __main__ as command
from tests.fixtures import commands
from tests.fixtures.environments import ROOT
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis import latents

RESULTS = ROOT / "experiments/results"
PROTOCOLS = sorted(path.parent.name for path in RESULTS.glob("*/real.json"))


@pytest.mark.parametrize("name", PROTOCOLS)
def test_verdicts_follow_from_the_results(name, tmp_path):
    """By the command that pages show, with the flags of the protocol."""
    made, kept = tmp_path / name, RESULTS / name
    shutil.copytree(kept, made, ignore=shutil.ignore_patterns("claims.*"))
    commands.call(
        command,
        "--report_only",
        flagfile=f"experiments/configs/{name}.flags",
        results_dir=made,
    )
    found, expected = (
        json.loads((folder / "claims.json").read_text("utf-8"))
        for folder in (made, kept)
    )
    for finding in expected:
        for figures in ("effect", "limits"):
            finding[figures] = pytest.approx(finding[figures])
    assert found == expected
    tables = (made / "claims.md").read_text("utf-8")
    assert tables == (kept / "claims.md").read_text("utf-8")


def test_the_model_that_comes_with_the_project_makes_every_class():
    folder = RESULTS / "open"
    report = json.loads((folder / "report.json").read_text("utf-8"))
    model = load_model(folder / "model")
    assert model.info.fingerprint == report["model"]["fingerprint"]
    z = latents.draw(model.info, 0, 3)
    waves = model.generate(z, np.arange(3))
    assert np.isfinite(waves).all() and (np.abs(waves).max(axis=1) > 0.1).all()
