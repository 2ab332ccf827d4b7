"""A page that does not know the solution, and answers that give it."""

import base64
import csv
import functools
import io
import json
import re
import shutil
import subprocess
import types
from pathlib import Path

import numpy as np
import pytest
import soundfile

from experiments import evaluate, listen
from experiments.common import cli, listening_page
from tests.fixtures import commands, drums, runs
from wavegan_cond.evaluation.listening import loudness, place_of_first
from wavegan_cond.saved_models.formats import export_model
from wavegan_cond.synthesis.model_info import ModelError

SHOWN = 5
COLUMNS = "page models listener pair question class answer plays seconds"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("listen")
    drums.make_store(folder / "data")
    for seed in (0, 1):
        name = f"run{seed}"
        runs.make_run(folder / name, seed, length=drums.LENGTH, width=1)
    call(folder)
    return folder


def call(folder, **changes):
    settings = {
        "model": folder / "run0",
        "data_dir": folder / "data",
        "output_dir": folder / "out",
        "shown": SHOWN,
        "listen": "true",
        "against": folder / "run1",
        **changes,
    }
    given = {name: value for name, value in settings.items() if value}
    commands.call(evaluate, **given)


def text_of(folder):
    return (folder / "listen.html").read_text("utf-8")


def data_of(folder):
    pattern = r'<script id="data" type="application/json">(.*?)</script>'
    return json.loads(re.search(pattern, text_of(folder), re.S)[1])


def sound_of(text):
    return soundfile.read(io.BytesIO(base64.b64decode(text)))[0]


@functools.cache
def held_out():
    """The held-out sounds of the store, of equal norm."""
    waves, _ = drums.kit(20, 2)
    return waves / np.linalg.norm(waves, axis=1, keepdims=True)


def real_at(pair):
    """Where the real sound stands: one of the held-out ones is the same."""
    alike = [
        np.abs(held_out() @ sound / np.linalg.norm(sound)).max()
        for sound in map(sound_of, pair["sounds"])
    ]
    return "AB"[int(np.argmax(alike))], max(alike)


def test_every_class_is_asked_of_as_often_and_in_mixed_order(place):
    pairs = data_of(place / "out")["pairs"]
    asked = [(pair["question"], pair["label"]) for pair in pairs]
    assert len(asked) == 2 * 3 * SHOWN
    for question in ("real", "better"):
        for name in drums.CLASSES:
            assert asked.count((question, name)) == SHOWN
    assert asked != sorted(asked) and asked[:SHOWN] != [asked[0]] * SHOWN


def test_pairs_are_equally_loud_and_one_is_real(place):
    data = data_of(place / "out")
    for number, pair in enumerate(data["pairs"], 1):
        loud = [loudness(sound_of(text)) for text in pair["sounds"]]
        assert loud[0] == pytest.approx(loud[1], rel=1e-2)
        if pair["question"] == "real":
            where, alike = real_at(pair)
            assert alike > 0.999
            assert where == place_of_first(data["page"], number)


def test_the_page_tells_nothing(place):
    """Files of a pair differ in their samples alone."""
    data = data_of(place / "out")
    assert set(data) == {"page", "models", "pairs"}
    for pair in data["pairs"]:
        assert set(pair) == {"question", "label", "sounds"}
        one, other = map(base64.b64decode, pair["sounds"])
        assert len(one) == len(other) and one[:44] == other[:44]
    real = [p for p in data["pairs"] if p["question"] == "real"]
    assert {real_at(pair)[0] for pair in real} == {"A", "B"}


def test_no_sound_of_one_question_is_heard_in_the_other():
    """Who hears it again knows that it was generated."""
    models = [
        types.SimpleNamespace(
            info=types.SimpleNamespace(
                classes=("kick",), latent_dim=4, prior="normal"
            ),
            generate=lambda z, labels, scale=scale: scale * z,
        )
        for scale in (1, 2)
    ]
    store = types.SimpleNamespace(
        classes=("kick",),
        split=lambda side: (np.zeros((40, 4), np.int16), np.zeros(40, int)),
    )
    choice = listening_page.Choice("validation", 12, 0, 1.0)
    real = listening_page.real_pairs(models[0], store, choice)
    better = listening_page.model_pairs(*models, choice)
    made = np.array([pair.second for pair in real])
    first = np.array([pair.first for pair in better])
    assert made.shape == first.shape == (12, 4)
    assert not (made[:, None] == first).all(-1).any()


def test_the_same_seed_gives_the_same_page_and_another_another(place):
    call(place, output_dir=place / "again")
    assert text_of(place / "again") == text_of(place / "out")
    call(place, output_dir=place / "other", seed=3)
    assert data_of(place / "other")["page"] != data_of(place / "out")["page"]


def test_one_model_is_asked_about_alone(place, capsys):
    call(place, output_dir=place / "alone", against=None)
    # The command it leads to names the file as the page saves it.
    page = data_of(place / "alone")["page"]
    saved = re.search(r"link\.download = `(.*)`", text_of(place / "alone"))[1]
    saved = saved.replace("${page}", page)
    saved = saved.replace("${state.listener}", "LISTENER")
    assert f"--answers={saved}\n" in capsys.readouterr().out
    pairs = data_of(place / "alone")["pairs"]
    assert {pair["question"] for pair in pairs} == {"real"}


def test_the_page_loads_nothing_and_every_control_has_a_name(place):
    page = text_of(place / "out")
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert "default-src 'none'" in page and 'name="viewport"' in page

    ids = set(re.findall(r'id="(\w+)"', page))
    ids |= {f"{name}{i}" for name in ("play", "answer") for i in (0, 1)}
    used = set(re.findall(r'at\("(\w+)"\)', page))
    assert used - {"play", "answer"} <= ids
    for key in ("1:", "2:", "a:", "b:", "ArrowLeft:", "ArrowRight:"):
        assert key in page


def write_answers(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS.split(), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return path


def answers(right, pairs=40, **changes):
    """Answers of which every ``right``-th is right."""
    rows = []
    for pair in range(1, pairs + 1):
        first = place_of_first("00ff00ff00ff00ff", pair)
        other = "B" if first == "A" else "A"
        rows.append(
            {
                "page": "00ff00ff00ff00ff",
                "models": "a1 b2",
                "listener": 'Jo, "x"',
                "pair": pair,
                "question": "real",
                "class": "kick" if pair % 2 else "snare",
                "answer": other if pair % right else first,
                **changes,
            }
        )
    return rows


def count(paths):
    return listen.run(row for path in paths for row in listen.read(path))


def test_the_share_fooled_is_counted_by_class(tmp_path):
    path = write_answers(tmp_path / "a.csv", answers(4))
    found = count([path])["a1 b2"]["real"]
    assert [*found] == ["kick", "snare", listen.ALL]
    assert (found[listen.ALL]["hits"], found[listen.ALL]["trials"]) == (30, 40)
    assert found["kick"]["share"] == 1 and found["snare"]["share"] == 0.5


def test_a_class_called_all_is_a_class(tmp_path):
    rows = answers(4, **{"class": "all"})[:1] + answers(4)[1:2]
    found = count([write_answers(tmp_path / "a.csv", rows)])
    of_all = found["a1 b2"]["real"]
    assert (of_all["all"]["trials"], of_all[listen.ALL]["trials"]) == (1, 2)


def test_a_class_called_like_the_sum_is_counted_once(tmp_path):
    rows = [
        row | {"class": name}
        for row, name in zip(answers(4)[:2], [listen.ALL, "kick"], strict=True)
    ]
    found = count([write_answers(tmp_path / "a.csv", rows)])
    of_all = found["a1 b2"]["real"]
    trials = {name: one["trials"] for name, one in of_all.items()}
    assert trials == {"kick": 1, listen.ALL: 2}


def test_better_counts_for_the_first_model(tmp_path):
    path = write_answers(tmp_path / "a.csv", answers(4, question="better"))
    assert count([path])["a1 b2"]["better"][listen.ALL]["hits"] == 10


def test_an_answer_given_twice_counts_once_and_listeners_add(tmp_path):
    one = write_answers(tmp_path / "a.csv", answers(4))
    again = write_answers(tmp_path / "b.csv", answers(1))
    found = count([one, again])["a1 b2"]["real"][listen.ALL]
    assert (found["hits"], found["trials"]) == (0, 40)
    other = write_answers(tmp_path / "c.csv", answers(1, listener="Mo"))
    found = count([one, other])["a1 b2"]["real"][listen.ALL]
    assert (found["hits"], found["trials"]) == (30, 80)


def test_answers_of_several_pages_are_told(tmp_path, capsys):
    one = write_answers(tmp_path / "a.csv", answers(4))
    other = answers(4, page="11ff00ff00ff00ff")
    two = write_answers(tmp_path / "b.csv", other)
    commands.call(listen, answers=one)
    assert "counted together" not in capsys.readouterr().out
    commands.call(listen, f"--answers={one}", f"--answers={two}")
    assert "answers of 2 pages are counted together" in capsys.readouterr().out


def test_what_is_found_is_said_and_kept(tmp_path, capsys):
    path = write_answers(tmp_path / "a.csv", answers(2))
    output = tmp_path / "figures.json"
    commands.call(listen, answers=path, output=output)
    said = capsys.readouterr().out
    assert "20 of  40 = 0.50" in said and "no other than guessing" in said
    commands.call(listen, answers=path, output=output)  # its own is replaced
    kept = json.loads(output.read_text())["a1 b2"]["real"][listen.ALL]
    assert kept["share"] == 0.5 and kept["wilson"][0] < 0.5
    path = write_answers(tmp_path / "b.csv", answers(1))
    commands.call(listen, answers=path)
    assert "guessing alone would be so far" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        {"page": "../etc"},
        {"pair": "0"},
        {"pair": "1.5"},
        {"question": "worse"},
        {"answer": "C"},
        {"class": ""},
        {"models": ""},
    ],
)
def test_what_no_page_writes_is_refused(tmp_path, change):
    path = write_answers(tmp_path / "a.csv", answers(2, 3, **change))
    with pytest.raises(cli.UsageError, match="line 2"):
        count([path])


def test_a_row_that_ends_early_is_refused(tmp_path):
    names = [*listen.COLUMNS[:1], *listen.COLUMNS[2:], "models"]
    whole, cut = ([row[name] for name in names] for row in answers(2)[:2])
    path = tmp_path / "a.csv"
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([names, whole, cut[:-1]])
    with pytest.raises(cli.UsageError, match="line 3"):
        count([path])


def test_flags_without_a_value_are_told_by_name(tmp_path, capsys):
    said = commands.refused(capsys, listen, "--answers=")
    assert "--answers is needed: it is empty" in said
    path = write_answers(tmp_path / "a.csv", answers(2))
    flags = f"--answers={path}", "--output="
    assert "--output= is empty" in commands.refused(capsys, listen, *flags)


def test_other_files_are_refused(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("pair,answer\n1,A\n")
    with pytest.raises(cli.UsageError, match="no column class, listener"):
        count([tmp_path / "a.csv"])
    with pytest.raises(cli.UsageError, match="cannot be read: No such file"):
        count([tmp_path / "absent.csv"])
    empty = write_answers(tmp_path / "c.csv", [])
    with pytest.raises(cli.UsageError, match="no answers"):
        count([empty])
    assert "--answers is needed" in commands.refused(capsys, listen)


def test_figures_replace_no_json_of_another(tmp_path, capsys):
    path = write_answers(tmp_path / "a.csv", answers(2))
    output = tmp_path / "dataset.json"
    output.write_text('{"classes": ["kick"]}')
    flags = f"--answers={path}", f"--output={output}"
    assert "is there and" in commands.refused(capsys, listen, *flags)
    assert output.read_text() == '{"classes": ["kick"]}'


def test_against_goes_with_listen(place):
    with pytest.raises(cli.UsageError, match="--against goes with"):
        call(place, listen="false")


def test_a_model_is_not_compared_with_itself(place):
    with pytest.raises(cli.UsageError, match="is the model itself"):
        call(place, output_dir=place / "self", against=place / "run0")


def test_what_is_no_other_model_is_told_before_the_store_is_read(place):
    with pytest.raises(ModelError, match="nope is neither"):
        call(place, data_dir=place / "absent", against=place / "nope")


def test_each_model_has_its_own_checkpoint(place, tmp_path):
    saved = tmp_path / "saved"
    export_model(place / "run1", saved)
    call(place, output_dir=tmp_path / "out", checkpoint="newest", against=saved)
    assert (tmp_path / "out" / "listen.html").is_file()


def part_of_page(start, end):
    page = (Path(listen.__file__).parent / "common/listening.html").read_text()
    first = page.index(start)
    return page[first : page.index(end, first)]


def run_script(program):
    if not (node := shutil.which("node")):
        pytest.skip("needs node")
    done = subprocess.run([node, "-e", program], capture_output=True, text=True)
    assert not done.stderr
    return done.stdout


def test_two_listeners_without_a_name_are_two(tmp_path):
    program = (
        'const page = "00ff00ff00ff00ff", models = "a1 b2", places = ["A"];'
        'const pairs = [{question: "real", label: "kick"}];'
        + part_of_page("const newListener", "let state")
        + part_of_page("const plain", "function show")
        + "let state; const files = [0, 1].map(() => { state = empty();"
        ' state.answers[0].answer = "A"; return csv(); });'
        "console.log(JSON.stringify(files));"
    )
    one, other = json.loads(run_script(program))
    (tmp_path / "a.csv").write_text(one)
    (tmp_path / "b.csv").write_text(other)
    paths = [tmp_path / name for name in ("a.csv", "a.csv", "b.csv")]
    assert count(paths)["a1 b2"]["real"][listen.ALL]["trials"] == 2


def test_no_spreadsheet_runs_what_a_listener_wrote(tmp_path):
    program = part_of_page("const plain =", "function csv")
    names = ["=1+1", "'=1", "@x", "+1", "-1", "Jo", 'a "b"', "'tis"]
    program += f"console.log({json.dumps(names)}.map(quoted).join());"
    (cells,) = csv.reader([run_script(program).strip()])
    assert not [cell for cell in cells if cell[0] in "=+-@"]
    for name, cell in zip(names, cells, strict=True):
        path = write_answers(tmp_path / "a.csv", answers(1, listener=cell))
        assert {row["listener"] for row in listen.read(path)} == {name}
