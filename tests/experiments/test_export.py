"""What experiments.export refuses before it loads anything."""

import pytest

from experiments import export
from experiments.common import cli
from wavegan_cond.saved_models.format_names import FormatError


@pytest.fixture
def saved_model(tmp_path):
    """A folder that is taken for a SavedModel; nothing here reads it."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "saved_model.pb").touch()
    return folder


@pytest.mark.parametrize(
    ("flags", "error", "message"),
    [
        (["--formats=onyx"], FormatError, "--formats=onyx: expected some of"),
        (["--formats="], cli.UsageError, "--formats= is empty"),
        ([], cli.UsageError, "is a SavedModel already"),
        (
            ["--formats=litert,saved_model"],
            cli.UsageError,
            "--formats names others alone",
        ),
        (["--formats=litert", "--half"], cli.UsageError, "hold float32"),
        (["--formats=serving", "--half"], cli.UsageError, "takes a run folder"),
    ],
)
def test_a_wrong_wish_is_one_line(saved_model, flags, error, message):
    target = saved_model.parent / "out"
    arguments = ["export", f"--model={saved_model}", f"--output_dir={target}"]
    values = cli.parse(export.FLAGS, "", [*arguments, *flags])
    with pytest.raises(error, match=message) as raised:
        export.main(values)
    assert raised.value.exit_code == 2 and "\n" not in str(raised.value)
    assert not target.exists()
