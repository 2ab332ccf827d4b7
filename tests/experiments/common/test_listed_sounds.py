"""A folder of sounds as groups: their names, and what is no sound of it."""

import os

import pytest
import soundfile

from experiments import generate
from experiments.common import cli, listed_sounds
from tests.fixtures.commands import call
from tests.fixtures.runs import make_run


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"file": "kick_seed0007.wav", "seed": 7}, "seed 7"),
        ({"file": "snare_seed0001-0002_slerp30_004.wav"}, "slerp 4"),
        (
            {
                "file": "kick-snare_seed0001-0001_lerp5_002.wav",
                "class_weights": {"kick": 0.75, "snare": 0.25},
            },
            "lerp 25 %",
        ),
        ({"file": "kick_z_1a2b3c4d5e.wav"}, "1a2b3c4d5e"),
        ({"file": "kick_z-0.5_+2.wav"}, "-0.5 +2"),
        ({"file": "808_zap.wav-a3f20084.wav"}, "808 zap.wav-a3f20084"),
        ({"file": "kick_zoom 1.wav"}, "kick zoom 1"),
        ({"file": "kick_z+0.1_-2_+0.3.wav"}, "+0.1 -2 +0.3"),
        (
            {"file": "kick_seed0007_truncated0.85_steer0.5,-1,0.wav"},
            "seed 7, truncated0.85, steer0.5,-1,0",
        ),
    ],
)
def test_a_sound_has_a_name_that_says_what_it_is(entry, expected):
    assert listed_sounds._caption(entry) == expected


def test_every_path_is_a_group_of_its_own(tmp_path, monkeypatch):
    paths = {
        "kick_seed0001-0002_lerp2": "kick, lerp from seed 1 to 2 in 2 steps",
        "kick_seed0001-0002_slerp2": "kick, slerp from seed 1 to 2 in 2 steps",
        "kick_seed0001-0002_lerp3": "kick, lerp from seed 1 to 2 in 3 steps",
        "kick_seed0007-0002_lerp2": "kick, lerp from seed 7 to 2 in 2 steps",
    }
    files = {
        title: [f"{stem}_00{step}.wav" for step in (1, 2)]
        for stem, title in paths.items()
    }
    entries = [
        {"file": file, "label": "kick", "model": "m"}
        for path in files.values()
        for file in path
    ]
    content = {"sounds": entries, "models": {"m": {}}}
    monkeypatch.setattr(
        listed_sounds.generation_log, "read", lambda path: content
    )
    monkeypatch.setattr(
        listed_sounds, "_read_sound", lambda _, entry: entry["file"]
    )
    groups = {
        g.title: g.sounds for g in listed_sounds.listed_groups(tmp_path, 3)
    }
    assert groups == files


def test_a_pipe_in_the_place_of_a_sound_is_not_waited_for(tmp_path):
    make_run(tmp_path / "run")
    place = {"model": tmp_path / "run", "output_dir": tmp_path / "a"}
    call(generate, **place, num=1)
    path = next((tmp_path / "a").glob("*.wav"))
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(cli.UsageError, match="no regular file"):
        listed_sounds.listed_groups(tmp_path / "a", 9)


def test_a_sound_that_was_changed_is_not_shown_as_that_of_its_z(tmp_path):
    make_run(tmp_path / "run")
    place = {"model": tmp_path / "run", "output_dir": tmp_path / "a"}
    call(generate, "--nopicture", **place, num=1)
    path = next((tmp_path / "a").glob("*.wav"))
    sound, rate = soundfile.read(path)
    soundfile.write(path, sound, rate, "PCM_24")
    with pytest.raises(cli.UsageError, match="has changed since"):
        listed_sounds.listed_groups(tmp_path / "a")
