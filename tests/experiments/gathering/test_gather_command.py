"""Gathering the sounds of lists, from a host on this machine."""

import csv
import functools
import hashlib
import io
import shlex
import signal
import subprocess

import numpy as np
import pytest
import soundfile

from data_prep.store.store import open_store
from experiments import gather, prepare_data
from experiments.common import cli
from experiments.gathering import folder, lists, marker
from tests.fixtures import commands
from tests.fixtures.hosts import Host, deb, font, noise, script, tar
from wavegan_cond.storage import atomic, lock
from wavegan_cond.storage.temporary import PARTIAL, make_name

COMMIT = "c" * 40
DEBIAN = "/pool/main/d/drums/drums_1~2_all.deb"


def wav(seed, rate=44100):
    content = io.BytesIO()
    soundfile.write(content, noise(seed, 9000), rate, "PCM_16", format="WAV")
    return content.getvalue()


KICK, SNARE, HAT, CRASH, RIDE = map(wav, range(5))
FILES = {
    "me/kit/Ünd #1/kick?.wav": KICK,
    "me/kit/x.h2drumkit/x/s.wav": SNARE,
    "npm hats/samples/hat.wav": HAT,
    "Debian drums/usr/a.wav": CRASH,
    "Debian drums/usr/f.sf2/Ride (L).wav": RIDE,
}


@functools.cache
def blob(content):
    """git's hash of a file, by git itself."""
    command = ["git", "hash-object", "--stdin"]
    found = subprocess.run(command, input=content, capture_output=True)
    return found.stdout.decode().strip()


def sha256(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def write_list(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def place(host, tmp_path, monkeypatch):
    """A folder to gather to; the host has what the lists name."""
    monkeypatch.setattr(lists, "RESULTS", tmp_path)
    write_list(
        tmp_path / lists.LISTS["open"],
        "label,source,version,path,hash\n"
        f"kick,me/kit,{COMMIT},Ünd #1/kick?.wav,blob:{blob(KICK)}\n"
        f"snare,me/kit,{COMMIT},x.h2drumkit/x/s.wav,{sha256(SNARE)}\n"
        f"cymbal,npm hats,1.0,samples/hat.wav,{sha256(HAT)}\n"
        f'cymbal,"Debian drums, A",1~2,usr/a.wav,{sha256(CRASH)}\n'
        f'cymbal,"Debian drums, B",1~2,usr/f.sf2#Ride (L),{sha256(RIDE)}\n',
    )
    write_list(
        tmp_path / lists.LISTS["drums"],
        "file,label,kit,blob,source\n"
        f"me/kit/k.wav,kick,me/kit,{blob(KICK)},1\n"
        f"you/all/s.wav,snare,you/all/x,{blob(SNARE)},2\n",
    )
    write_list(
        tmp_path / "data/sources.csv",
        f"source,commit,tier\n1,{COMMIT},open\n2,{COMMIT},unstated\n",
    )
    ride = font({"Ride (L)": (noise(4, 9000), 44100)})
    host.files = {
        f"/me/kit/{COMMIT}/%C3%9Cnd%20%231/kick%3F.wav": KICK,
        f"/me/kit/{COMMIT}/x.h2drumkit": tar({"x/s.wav": SNARE}),
        "/hats/-/hats-1.0.tgz": tar({"package/samples/hat.wav": HAT}),
        DEBIAN: deb({"usr/a.wav": CRASH, "usr/f.sf2": ride}),
        f"/me/kit/{COMMIT}/k.wav": KICK,
        f"/you/all/{COMMIT}/s.wav": SNARE,
    }
    return tmp_path / "sounds"


def arguments(host, place, sounds="open"):
    hosts = dict.fromkeys(("github", "npm", "debian"), host.address)
    return {"sounds": sounds, "output_dir": place, **hosts}


def call(host, place, *switches, sounds="open"):
    return commands.call(gather, *switches, **arguments(host, place, sounds))


def end(host, place, *switches):
    flags = [f"--{k}={v}" for k, v in arguments(host, place).items()]
    return commands.end(gather, *flags, *switches)


def files(place):
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and path.parent != place
    }


def rows(place, name):
    with (place / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_kind_of_source_is_gathered_byte_for_byte(host, place, capsys):
    assert call(host, place) == 0
    assert files(place) == FILES and not rows(place, folder.MISSING)
    assert f"{place}: 5 of 5 sounds" in capsys.readouterr().out
    asked = dict(host.asked)
    assert set(asked.values()) == {1}
    assert call(host, place) == 0
    assert host.asked == asked, "what is there was fetched again"


def test_the_labels_are_those_prepare_data_takes(host, place, tmp_path, capsys):
    for _ in range(2):
        call(host, place, "--copies")
        commands.call(
            prepare_data,
            input_dir=place,
            labels=place / folder.LABELS,
            output_dir=tmp_path / "store",
            near_duplicates="ignore",
            validation=0,
        )
    assert "up to date" in capsys.readouterr().out
    store = open_store(tmp_path / "store")
    counts = np.bincount(store.labels, minlength=3)
    assert dict(zip(store.classes, counts, strict=True)) == {
        "kick": 2,
        "snare": 2,
        "cymbal": 6,
    }


@pytest.mark.parametrize(
    "name", ["my drums", "a, b", "it's", 'a "b"', "$H", "a\nb"]
)
def test_the_command_that_comes_next_can_be_copied(host, place, capsys, name):
    place = place.with_name(name)
    call(host, place)
    words = shlex.split(capsys.readouterr().out.partition("next: ")[2])
    assert words[:3] == ["python", "-m", "experiments.prepare_data"]
    values = cli.parse(prepare_data.FLAGS, "", words[2:])
    settings = cli.read_config(prepare_data.Settings, values)
    (source,) = prepare_data.read_sources(
        prepare_data.split_paths("input_dir", settings.input_dir),
        prepare_data.split_paths("labels", settings.labels),
    )
    assert source.folder == place and len(source.labels) == 5


def test_copies_are_faster_and_slower_in_turn(host, place):
    call(host, place, "--copies")
    for number, (file, content) in enumerate(FILES.items()):
        copy = place / "copies" / f"{file}.wav"
        sound, rate = soundfile.read(copy, dtype="float32")
        assert rate == round(44100 * (1 / 1.06 if number % 2 else 1.06))
        own, _ = soundfile.read(io.BytesIO(content), dtype="float32")
        np.testing.assert_array_equal(sound, own)


def test_a_resumed_gather_makes_the_same_copies(host, place):
    call(host, place, "--copies")
    resumed = place.with_name("resumed")
    first = next(iter(host.files))
    content = host.files.pop(first)
    with pytest.raises(SystemExit):
        call(host, resumed, "--copies")
    host.files[first] = content
    call(host, resumed, "--copies")
    assert files(resumed) == files(place)


def test_kits_and_licences_are_those_of_the_list(host, place):
    call(host, place, sounds="drums")
    assert rows(place, folder.LABELS) == [
        {"file": "me/kit/k.wav", "label": "kick", "group": "me/kit"},
        {"file": "you/all/s.wav", "label": "snare", "group": "you/all/x"},
    ]
    alone = place.with_name("open sounds")
    call(host, alone, "--open_only", sounds="drums")
    assert files(alone) == {"me/kit/k.wav": KICK}


def mp3(seed):
    content = io.BytesIO()
    soundfile.write(content, noise(seed, 9000), 44100, format="MP3")
    return b"ID3\4\0\0\0\0\0\0" + content.getvalue()


def add_script(host, tmp_path, content):
    """Adds a script to the drums, which the host has."""
    with (tmp_path / lists.LISTS["drums"]).open("a") as file:
        file.write(f"me/kit/d.js,kick,me/kit,{blob(content)},1\n")
    host.files[f"/me/kit/{COMMIT}/d.js"] = content


def test_the_sound_in_a_script_is_gathered(host, place, tmp_path):
    sound = mp3(7)
    add_script(host, tmp_path, script(sound))
    call(host, place, sounds="drums")
    assert rows(place, folder.LABELS)[-1]["file"] == "me/kit/d.js.mp3"
    there = place / "me/kit/d.js.mp3"
    assert there.read_bytes() == sound and soundfile.info(there).format == "MP3"
    asked = dict(host.asked)
    call(host, place, sounds="drums")
    assert host.asked == asked
    there.write_bytes(b"mine")
    with pytest.raises(cli.UsageError, match="is not the listed"):
        call(host, place, sounds="drums")
    there.unlink()
    call(host, place, sounds="drums")
    assert there.read_bytes() == sound


def test_a_script_without_a_sound_is_missing(host, place, tmp_path):
    add_script(host, tmp_path, script(b"no sound"))
    with pytest.raises(SystemExit):
        call(host, place, sounds="drums")
    (lost,) = rows(place, folder.MISSING)
    assert lost["file"] == "me/kit/d.js.mp3"
    assert "does not hold one MP3" in lost["why"]


def test_what_cannot_be_had_is_listed_and_tried_again(host, place, capsys):
    gone = {path: host.files.pop(path) for path in list(host.files)[:3:2]}
    other = host.files[DEBIAN]
    host.files[DEBIAN] = deb({"usr/a.wav": SNARE, "usr/g.sf2": b""})
    assert end(host, place) == 1
    said = capsys.readouterr().err
    assert "4 sounds could not be had" in said and "missing.csv" in said
    assert files(place) == {
        "me/kit/x.h2drumkit/x/s.wav": SNARE,
    }
    (labelled,) = rows(place, folder.LABELS)
    assert labelled["file"] == "me/kit/x.h2drumkit/x/s.wav"
    why = [row["why"] for row in rows(place, folder.MISSING)]
    assert ["404" in text for text in why] == [True, True, False, False]
    assert "another file" in why[2] and "does not have it" in why[3]
    host.files |= {**gone, DEBIAN: other}
    assert end(host, place) == 0
    assert files(place) == FILES and not rows(place, folder.MISSING)


def test_a_broken_package_costs_its_sounds_alone(host, place):
    host.files[DEBIAN] = host.files[DEBIAN][:-200]
    assert end(host, place) == 1
    (lost,) = rows(place, folder.MISSING)
    assert "not a whole one" in lost["why"]
    assert files(place).keys() == FILES.keys() - {lost["file"]}


def test_a_host_that_does_not_answer_costs_its_sounds_alone(
    host, place, capsys
):
    other = Host()
    other.stop()
    switches = f"--github={other.address}"
    assert end(host, place, switches) == 1
    assert "cannot be fetched" in capsys.readouterr().err
    lost = {row["file"]: row["why"] for row in rows(place, folder.MISSING)}
    assert lost.keys() == {file for file in FILES if file.startswith("me/")}
    assert "cannot be fetched" in lost["me/kit/Ünd #1/kick?.wav"]
    assert "did not answer before" in lost["me/kit/x.h2drumkit/x/s.wav"]
    assert {row["file"] for row in rows(place, folder.LABELS)} == (
        FILES.keys() - lost.keys()
    )
    assert end(host, place) == 0
    assert files(place) == FILES


def test_an_interrupted_gather_lists_what_is_there(host, place, monkeypatch):
    save = gather.downloads.save

    def interrupt(url, *others):
        if url.endswith(DEBIAN):
            raise KeyboardInterrupt
        save(url, *others)

    with monkeypatch.context() as patched:
        patched.setattr(gather.downloads, "save", interrupt)
        assert end(host, place, "--copies") == 128 + signal.SIGINT
    assert [row["file"] for row in rows(place, folder.LABELS)] == (
        list(FILES)[:3]
    )
    lost = rows(place, folder.MISSING)
    assert [row["file"] for row in lost] == list(FILES)[3:]
    assert {row["why"] for row in lost} == {"not tried yet"}
    assert end(host, place, "--copies") == 0
    assert len(rows(place, folder.LABELS)) == 10


@pytest.mark.parametrize("name", ["github", "npm", "debian"])
@pytest.mark.parametrize(
    "url", ["", "mirror", "ftp://m", "http://", "https://[::1", "http://m:0x9"]
)
def test_an_address_that_is_none_is_told_first(host, place, capsys, name, url):
    assert end(host, place, f"--{name}={url}") == 2
    assert f"--{name}={url}: expected an address" in capsys.readouterr().err
    assert not host.asked and not place.exists()


@pytest.mark.parametrize("name", ["mine.wav", folder.LABELS, marker.NAME])
def test_a_folder_of_something_else_is_refused(host, place, capsys, name):
    place.mkdir()
    mine = b"file,label,group\nmine.wav,kick,mine\n"
    (place / name).write_bytes(mine)
    assert end(host, place) == 2
    assert "not begun by this command" in capsys.readouterr().err
    assert not host.asked and list(place.iterdir()) == [place / name]
    assert (place / name).read_bytes() == mine


@pytest.mark.parametrize("noted", ["[]", "{}", '{"asked": 1, "labels": [""]}'])
def test_a_marker_of_something_else_is_none(host, place, noted):
    place.mkdir()
    (place / marker.NAME).write_text(noted)
    assert end(host, place) == 2
    assert not host.asked and (place / marker.NAME).read_text() == noted


def test_labels_that_were_changed_stay(host, place, capsys):
    call(host, place)
    asked, labels = dict(host.asked), place / folder.LABELS
    changed = labels.read_text("utf-8").replace("cymbal", "tom")
    labels.write_text(changed, "utf-8")
    (place / next(iter(FILES))).unlink()
    assert end(host, place) == 2
    said = capsys.readouterr().err
    assert str(labels) in said and "move it elsewhere" in said
    assert labels.read_text("utf-8") == changed and host.asked == asked
    labels.rename(place.with_name("mine.csv"))
    assert end(host, place) == 0
    assert len(rows(place, folder.LABELS)) == 5


def test_labels_that_are_changed_meanwhile_stay(host, place, monkeypatch):
    def change(*_):
        (place / folder.LABELS).write_text("mine")
        return iter(())

    monkeypatch.setattr(gather, "gather", change)
    assert end(host, place) == 2
    assert (place / folder.LABELS).read_text() == "mine"


@pytest.mark.parametrize(
    ("sounds", "switches"),
    [
        ("drums", ["--copies"]),
        ("open", []),
        ("open", ["--copies", "--open_only"]),
    ],
)
def test_a_folder_begun_for_something_else_is_refused(
    host, place, capsys, sounds, switches
):
    call(host, place, "--copies")
    asked, labels = dict(host.asked), (place / folder.LABELS).read_bytes()
    with pytest.raises(cli.UsageError) as refused:
        call(host, place, *switches, sounds=sounds)
    assert "--sounds=open --noopen_only --copies" in str(refused.value)
    assert (place / folder.LABELS).read_bytes() == labels
    assert host.asked == asked


def test_two_gathers_do_not_fill_one_folder_at_a_time(host, place, capsys):
    with lock.hold(place, folder.LOCK):
        assert end(host, place) == 2
    said = capsys.readouterr().err
    assert f"{place} is in use by process" in said and not host.asked
    assert end(host, place) == 0
    assert not (place / folder.LOCK).exists()


def test_what_killed_gathers_left_is_swept(host, place):
    place.mkdir()
    first = place / make_name(marker.NAME, PARTIAL)
    first.touch()
    (place / ".DS_Store").touch()
    assert end(host, place) == 0
    second = place / "me/kit" / make_name("kick.wav", PARTIAL)
    second.touch()
    assert end(host, place) == 0
    assert not first.exists() and not second.exists()
    assert (place / ".DS_Store").exists()


@pytest.mark.parametrize("killed", ["marker", "labels"])
def test_a_gather_killed_between_its_lists_goes_on(
    host, place, monkeypatch, killed
):
    held = host.files.pop(DEBIAN)
    assert end(host, place) == 1
    host.files[DEBIAN] = held
    write = atomic.write_text

    def die(path, text):
        if path.name == folder.LABELS:
            if killed == "labels":
                write(path, text)
            raise KeyboardInterrupt
        write(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(atomic, "write_text", die)
        assert end(host, place) > 128
    assert end(host, place) == 0
    assert len(rows(place, folder.LABELS)) == 5


def test_a_file_that_was_changed_is_told_and_stays(host, place, capsys):
    call(host, place)
    changed = place / next(iter(FILES))
    changed.write_bytes(b"mine")
    assert end(host, place) == 2
    assert "is not the listed file" in capsys.readouterr().err
    assert changed.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("content", "digest"),
    [
        (b"", "blob:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
        (b"hello\n", "blob:ce013625030ba8dba906f756967f9e9ca394464a"),
        (b"", f"sha256:{hashlib.sha256().hexdigest()}"),
    ],
)
def test_hashes_are_git_s_and_sha256(content, digest):
    assert folder.is_listed(content, digest)
    assert not folder.is_listed(content + b"\n", digest)
