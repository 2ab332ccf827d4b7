"""The results that come with the project are what its pages rest on."""

import json

import numpy as np
import pytest

from experiments.claims import report
from experiments.claims.judge import judge_all
from experiments.claims.results import Results
from tests.fixtures.environments import ROOT
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis import latents

RESULTS = ROOT / "experiments/results"
PROTOCOLS = sorted(path.parent.name for path in RESULTS.glob("*/real.json"))


@pytest.mark.parametrize("name", PROTOCOLS)
def test_verdicts_follow_from_the_results(name):
    findings = judge_all(Results(RESULTS / name))
    written = json.loads((RESULTS / name / "claims.json").read_text("utf-8"))
    assert [(f.claim, f.says, f.verdict) for f in findings] == [
        (w["claim"], w["says"], w["verdict"]) for w in written
    ]
    for finding, kept in zip(findings, written, strict=True):
        assert finding.effect.size == pytest.approx(kept["effect"]["size"])
    tables = (RESULTS / name / "claims.md").read_text("utf-8")
    assert "\n".join(report.verdicts(findings)) in tables


def test_the_model_that_comes_with_the_project_makes_every_class():
    folder = RESULTS / "open"
    report = json.loads((folder / "report.json").read_text("utf-8"))
    model = load_model(folder / "model")
    assert model.info.fingerprint == report["model"]["fingerprint"]
    z = latents.draw(model.info, 0, 3)
    waves = model.generate(z, np.arange(3))
    assert np.isfinite(waves).all() and (np.abs(waves).max(axis=1) > 0.1).all()
