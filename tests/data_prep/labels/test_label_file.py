import os

import pytest

from data_prep.labels.label_file import LabelsError, lookup, read_labels


def write(tmp_path, content):
    path = tmp_path / "labels.csv"
    path.write_bytes(
        content if isinstance(content, bytes) else content.encode()
    )
    return path


def test_columns_in_any_order_and_case(tmp_path):
    labels = read_labels(
        write(
            tmp_path,
            "\ufeffLabel,sha256,File,kit\r\n"
            'kick,00,"Kit 1, dry/a.wav",one\r\n'
            "\r\n"
            ",00,b.wav,two\r\n"
            "snare,00,./Kit 2/,\r\n",
        )
    )
    assert labels.label == {"Kit 1, dry/a.wav": "kick", "Kit 2/": "snare"}
    assert labels.group == {"Kit 1, dry/a.wav": "one", "b.wav": "two"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("first", ["", "sep=,\r\n"])
def test_a_spreadsheet_separates_as_it_likes(
    tmp_path, separator, encoding, first
):
    lines = [
        ("file", "label", "notes; of, all"),
        ("a.wav", "kick", ""),
        ("b;c, d.wav", "snare", "loud"),
    ]
    text = first.replace(",", separator) + "".join(
        separator.join(f'"{cell}"' if " " in cell else cell for cell in line)
        + "\r\n"
        for line in lines
    )
    labels = read_labels(write(tmp_path, text.encode(encoding)))
    assert labels.label == {"a.wav": "kick", "b;c, d.wav": "snare"}


def test_empty_cells_behind_and_empty_lines_say_nothing(tmp_path):
    text = "file,label\na.wav,kick,,\n,,,\n,\n\nb.wav,snare\n"
    labels = read_labels(write(tmp_path, text))
    assert labels.label == {"a.wav": "kick", "b.wav": "snare"}


def test_a_path_of_windows_is_one(tmp_path):
    text = "file,label\nKit 1\\a.wav,kick\n.\\Kit 2\\,snare\n"
    labels = read_labels(write(tmp_path, text))
    assert labels.label == {"Kit 1/a.wav": "kick", "Kit 2/": "snare"}


def test_a_class_may_be_written_in_two_ways(tmp_path):
    text = "file,label\na.wav,Kick\na.wav,kick\n"
    assert read_labels(write(tmp_path, text)).label == {"a.wav": "Kick"}


def test_a_pipe_and_a_device_are_no_labels(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(LabelsError, match="no regular file"):
            read_labels(path)


def test_nearest_folder_speaks_for_a_file():
    table = {"a/": "1", "a/b/": "2", "a/b/c.wav": "3"}
    files = ["a/b/c.wav", "a/b/d.wav", "a/bc.wav", "ab/c.wav", "c.wav"]
    assert [lookup(table, f) for f in files] == ["3", "2", "1", None, None]


def test_letters_are_compared_composed(tmp_path):
    labels = read_labels(write(tmp_path, "file,label\ne\u0301.wav,kick\n"))
    assert lookup(labels.label, "\u00e9.wav") == "kick"
    assert lookup(labels.label, "e\u0301.wav") == "kick"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "line 1: expected the columns"),
        ("file:label\na.wav:kick\n", "received file:label"),
        ("file;class\na.wav;kick\n", "received file,class"),
        ("file,label\na.wav,kick\nb.wav\n", "line 3: 'b.wav' has neither"),
        ("file,label\n,kick\n", "line 2: ''"),
        ("file,label\n/a.wav,kick\n", "line 2: '/a.wav'"),
        ("file,label\nx/../a.wav,kick\n", "line 2"),
        ("file,label\nC:\\x\\a.wav,kick\n", "below the input folder"),
        ("file,label\n\\a.wav,kick\n", "below the input folder"),
        ("file,label\nx\\..\\a.wav,kick\n", "line 2"),
        ("file,label\na.wav,kick,x\n", "line 2: more values"),
        ("file,label\na.wav,kick\na.wav,snare\n", "line 3: 'a.wav' is 'snare'"),
        ("file,label\né.wav,kick\n".encode("latin-1"), "not UTF-8"),
    ],
)
def test_wrong_lines_are_the_users_error(tmp_path, content, message):
    with pytest.raises(LabelsError) as error:
        read_labels(write(tmp_path, content))
    assert message in str(error.value)
    assert error.value.exit_code == 2


def test_missing_file_is_the_users_error(tmp_path):
    with pytest.raises(LabelsError, match="No such file"):
        read_labels(tmp_path / "none.csv")
