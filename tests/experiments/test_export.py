"""What experiments.export refuses before it loads anything."""

import pytest

from experiments import export
from experiments.common import cli, shipped
from tests.fixtures.commands import call
from tests.fixtures.runs import make_run
from wavegan_cond.saved_models.format_names import FormatError
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.storage import checksums, folders


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


def test_the_words_of_the_maker_go_with_every_format(tmp_path):
    make_run(tmp_path / "run")
    (tmp_path / "run" / "LICENSE").write_text("CC BY 4.0\n")
    (tmp_path / "MODEL_CARD.md").write_text("# Of José\n", "utf-8")
    target = tmp_path / "out"
    flags = {"model": tmp_path / "run", "output_dir": target}
    call(export, formats="saved_model,serving", **flags)
    for folder in (target / "saved_model", target / "serving" / "1"):
        assert (folder / "LICENSE").read_text() == "CC BY 4.0\n"
        card = (folder / "MODEL_CARD.md").read_text("utf-8")
        assert card == "# Of José\n"
        checksums.verify(folder)
    assert load_model(target / "saved_model").info.iteration == 7


def test_the_words_of_the_maker_are_there_as_soon_as_the_model(
    tmp_path, monkeypatch
):
    make_run(tmp_path / "run")
    (tmp_path / "run" / "LICENSE").write_text("CC BY 4.0\n")
    commit = folders._commit

    def killed(*places):
        commit(*places)
        raise KeyboardInterrupt

    monkeypatch.setattr(folders, "_commit", killed)
    with pytest.raises(KeyboardInterrupt):
        call(export, model=tmp_path / "run", output_dir=tmp_path / "out")
    checksums.verify(tmp_path / "out")
    assert (tmp_path / "out" / "LICENSE").read_text() == "CC BY 4.0\n"


def test_without_a_model_it_is_that_of_the_project(tmp_path):
    call(export, formats="serving", output_dir=tmp_path / "out")
    found = load_model(tmp_path / "out" / "1").info.fingerprint
    assert found == shipped.fingerprint()
    card = shipped.MODEL.with_name("MODEL_CARD.md").read_bytes()
    assert (tmp_path / "out" / "1" / "MODEL_CARD.md").read_bytes() == card
