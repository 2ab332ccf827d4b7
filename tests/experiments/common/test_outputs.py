"""Nothing of a user is replaced: where commands may write."""

from pathlib import Path

import pytest

from experiments import evaluate, preview, quickstart
from experiments.common import cli, outputs
from tests.fixtures.commands import refused
from tests.fixtures.runs import make_run
from wavegan_cond.storage.atomic import WriteError


@pytest.mark.parametrize("place", ["/proc", "/proc/self", "/dev/null"])
def test_what_root_may_write_to_and_cannot_is_refused(place):
    with pytest.raises(WriteError, match=f"cannot write {place}/new"):
        outputs.check_output(f"{place}/new/newer")


def test_a_place_that_is_checked_is_left_as_it_was(tmp_path):
    outputs.check_output(tmp_path / "new" / "newer")
    outputs.check_output(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["kick.wav", "result", "json", "a.json.bak"])
def test_a_name_half_typed_replaces_no_file(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"mine")
    with pytest.raises(cli.UsageError, match=r"ends in \.json"):
        outputs.check_file(str(path), ".json", is_ours=bool)


@pytest.mark.parametrize("content", [b"<html>mine", b"", None])
def test_a_page_of_another_is_not_replaced(tmp_path, content):
    path = tmp_path / "index.html"
    outputs.check_ours(path, outputs.is_page)
    path.write_bytes(content) if content is not None else path.mkdir()
    with pytest.raises(cli.UsageError, match="move it away"):
        outputs.check_ours(path, outputs.is_page)


@pytest.mark.parametrize("template", ["page.html", "listening.html"])
def test_a_page_of_this_program_has_its_mark(tmp_path, template):
    page = Path(outputs.__file__).with_name(template).read_bytes()
    (tmp_path / "index.html").write_bytes(page)
    assert outputs.is_page(tmp_path / "index.html")


@pytest.mark.parametrize(
    ("command", "page", "more"),
    [
        (evaluate, "index.html", ["--model={run}", "--data_dir=x"]),
        (
            evaluate,
            "listen.html",
            ["--model={run}", "--data_dir=x", "--listen"],
        ),
        (preview, "index.html", ["--data_dir=x"]),
        (quickstart, "index.html", []),
    ],
)
def test_every_command_that_writes_a_page_asks_first(
    tmp_path, capsys, command, page, more
):
    """An index.html in a folder of the user may be that of a site."""
    make_run(tmp_path / "run")
    place = tmp_path / "site"
    place.mkdir()
    (place / page).write_text("mine")
    flags = [flag.format(run=tmp_path / "run") for flag in more]
    said = refused(capsys, command, *flags, f"--output_dir={place}")
    assert page in said and "move it away" in said
    assert [path.name for path in place.iterdir()] == [page]
    assert (place / page).read_text() == "mine"


def test_a_file_needs_a_folder_that_is_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outputs.check_file("result.json", ".json", is_ours=bool)
    (tmp_path / "folder.json").mkdir()
    for path in ("no/such/result.json", "folder.json"):
        with pytest.raises(cli.UsageError, match="in a folder that exists"):
            outputs.check_file(path, ".json", is_ours=bool)


def has_mine(path):
    return outputs.read_report(path)["mine"]


def test_a_json_of_another_is_not_replaced(tmp_path):
    path = tmp_path / "result.json"
    outputs.check_file(str(path), ".json", is_ours=has_mine)
    path.write_text('{"mine": true}')
    outputs.check_file(str(path), ".json", is_ours=has_mine)
    for content in ('{"other": 1}', '["mine"]', "mine", ""):
        path.write_text(content)
        with pytest.raises(cli.UsageError, match=r"another --output$"):
            outputs.check_file(str(path), ".json", is_ours=has_mine)


def test_a_picture_is_replaced_beside_its_list_alone(tmp_path):
    picture, sounds = tmp_path / "sheet.png", tmp_path / "sounds.json"
    outputs.check_picture(picture)
    picture.write_bytes(b"mine")
    with pytest.raises(cli.UsageError, match=r"sheet\.png is there and was"):
        outputs.check_picture(picture)
    sounds.write_text("{}")
    outputs.check_picture(picture)


def test_a_file_that_cannot_be_written_is_told_at_once():
    with pytest.raises(WriteError, match="cannot write /proc"):
        outputs.check_file("/proc/result.json", ".json", is_ours=bool)
