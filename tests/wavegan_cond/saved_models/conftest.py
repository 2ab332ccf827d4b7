"""A run and its export."""

import pytest

from tests.fixtures.runs import make_run
from wavegan_cond.saved_models.formats import export_model


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Returns a folder with a run folder, run, and its export, model."""
    folder = tmp_path_factory.mktemp("export")
    make_run(folder / "run")
    export_model(folder / "run", folder / "model")
    return folder
