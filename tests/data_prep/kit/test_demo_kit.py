import wave

import numpy as np
import pytest

from data_prep.kit import demo_kit, synthesis
from data_prep.kit.demo_kit import CLASSES, KitError, sound, write_kit
from experiments import demo_kit as script
from tests.fixtures.commands import end, refused
from tests.fixtures.disks import small_disk

RATE = 44100


@pytest.fixture(scope="module")
def kit():
    return {label: [sound(label, 0, i) for i in range(40)] for label in CLASSES}


def spectrum(samples):
    """Returns the power of the first 16384 samples, and its frequencies."""
    power = np.abs(np.fft.rfft(samples[:16384], 16384)) ** 2
    return power, np.fft.rfftfreq(16384, 1 / RATE)


def centroid(samples):
    power, hz = spectrum(samples)
    return (power * hz).sum() / power.sum()


def test_sounds_are_mono_audio_of_their_own_length(kit):
    sounds = [each for group in kit.values() for each in group]
    for each in sounds:
        assert each.dtype == np.float32 and each.ndim == 1
        assert 0.29 < np.abs(each).max() <= 1
        assert np.isfinite(each).all() and each[-1] == 0
        assert 1024 <= len(each) <= 2 * RATE
    for group in kit.values():
        lengths = [len(each) for each in group]
        assert min(lengths) < 16384 < max(lengths)


def test_a_sound_depends_on_seed_class_and_index_alone(kit):
    np.testing.assert_array_equal(sound("snare", 0, 7), kit["snare"][7])
    others = [sound("snare", 1, 7), sound("snare", 0, 8), sound("kick", 0, 7)]
    for other in others:
        shared = min(len(other), len(kit["snare"][7]))
        assert (other[:shared] != kit["snare"][7][:shared]).any()


def test_every_sound_is_another(kit):
    for group in kit.values():
        heads = {each[:1024].tobytes() for each in group}
        assert len(heads) == len(group)


def test_sounds_begin_at_once_and_are_over_at_their_end(kit):
    for group in kit.values():
        for each in group:
            loud = np.flatnonzero(np.abs(each) > 0.1 * np.abs(each).max())
            assert loud[0] < 0.03 * RATE
            first, last = each[: len(each) // 2], each[-64:]
            assert (last**2).mean() < (first**2).mean()


def test_kicks_are_low_cymbals_high_and_snares_between(kit):
    middle = {
        label: np.median([centroid(each) for each in group])
        for label, group in kit.items()
    }
    assert middle["kick"] < 200 < 700 < middle["snare"] < 3000
    assert 5000 < middle["cymbal"] < 10000


def test_a_kick_sweeps_down(kit):
    falls = 0
    for each in kit["kick"]:
        body = synthesis.equalise(each, [0] * 7, 1000)
        zeros = np.flatnonzero(np.diff(np.signbit(body[: len(body) // 2])))
        half = len(zeros) // 2
        falls += np.diff(zeros[:half]).mean() < np.diff(zeros[half:]).mean()
    assert falls > 0.9 * len(kit["kick"])


def test_a_snare_has_a_membrane_and_wires(kit):
    low, high = [], []
    for each in kit["snare"]:
        power, hz = spectrum(each)
        low.append(power[(hz > 100) & (hz < 700)].sum() / power.sum())
        high.append(power[hz > 1000].sum() / power.sum())
    assert np.median(low) > 0.2 and np.median(high) > 0.1


def test_a_kit_is_written_as_16_bit_wav(tmp_path):
    write_kit(tmp_path / "kit", 2, seed=5)
    files = sorted(
        str(path.relative_to(tmp_path / "kit"))
        for path in tmp_path.rglob("*.wav")
    )
    assert files == [
        f"{label}/{label}_000{i}.wav"
        for label in sorted(CLASSES)
        for i in (1, 2)
    ]
    with wave.open(str(tmp_path / "kit/snare/snare_0002.wav")) as file:
        assert file.getparams()[:3] == (1, 2, RATE)
        samples = np.frombuffer(file.readframes(10**6), "<i2")
    expected = np.rint(sound("snare", 5, 2) * 32767)
    np.testing.assert_array_equal(samples, expected)
    assert [path.name for path in tmp_path.iterdir()] == ["kit"]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, capsys):
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    flags = f"--output_dir={tmp_path}", "--num=1"
    assert "not an empty folder" in refused(capsys, script, *flags)
    assert mine.read_text() == "mine"


def test_a_disk_that_is_full_is_no_wrong_flag(tmp_path, capsys):
    with small_disk(tmp_path / "disk", 1 << 16) as disk:
        assert end(script, f"--output_dir={disk / 'kit'}", "--num=50") == 4
        assert not list(disk.iterdir())
    assert "No space left" in capsys.readouterr().err


def test_the_script_writes_what_it_says(tmp_path, capsys):
    (tmp_path / "kit").mkdir()  # empty is as good as absent
    script.run(script.Settings(output_dir=str(tmp_path / "kit"), num=1, seed=3))
    assert "3 sounds" in capsys.readouterr().out
    assert len(list(tmp_path.rglob("*.wav"))) == 3


@pytest.mark.parametrize(
    "arguments", [("tom", 0), ("kick", -1), ("kick", 0, -1)]
)
def test_what_the_kit_has_not_is_refused(arguments):
    with pytest.raises(KitError):
        demo_kit.sound(*arguments)
