"""What a report is made from: who is set aside, and what noise is."""

import numpy as np

from wavegan_cond.evaluation import report


def test_as_many_are_set_aside_as_are_held_out_a_quarter_at_most():
    labels = np.array([0] * 100 + [1] * 12)
    held_out = np.array([0] * 7 + [1] * 7)
    stay, aside = report.set_aside(labels, held_out, seed=3)
    assert np.bincount(labels[aside]).tolist() == [7, 3]
    assert sorted([*stay, *aside]) == list(range(112))
    again = report.set_aside(labels, held_out, seed=3)
    np.testing.assert_array_equal(again[1], aside)
    other = report.set_aside(labels, held_out, seed=4)
    assert not np.array_equal(other[1], aside)


def test_noise_decays_like_the_sound_and_has_nothing_else_of_it():
    rate, time = 44100, np.arange(16384) / 44100
    sound = np.sin(2 * np.pi * 200 * time) * np.exp(-time / 0.05)
    noise = report.noise_like(sound[None])[0]
    assert noise.dtype == np.float32 and np.abs(noise).max() == 1
    for start in (0.05, 0.15):
        first, second = (
            np.sqrt(np.mean(noise[int(at * rate) :][:2000] ** 2))
            for at in (start, start + 0.05)
        )
        assert 1.9 < first / second < 3.8  # e, but for chance
    spectrum = np.abs(np.fft.rfft(noise)) ** 2
    assert spectrum[: len(spectrum) // 20].sum() < 0.15 * spectrum.sum()
    louder = report.noise_like(7 * sound[None])[0]
    np.testing.assert_allclose(noise, louder, atol=1e-6)


def test_silence_makes_no_noise():
    assert not report.noise_like(np.zeros((2, 4096))).any()


def test_sounds_go_to_their_classes():
    waves = np.arange(5)[:, None]
    found = report.split_by_class(waves, [1, 0, 1, 1, 0], ("a", "b", "c"))
    assert [part[:, 0].tolist() for part in found] == [[1, 4], [0, 2, 3], []]


def test_a_copy_is_one_whatever_its_gain_and_place():
    random = np.random.default_rng(0)
    train = random.standard_normal((4, 2, 512)).astype(np.float32)
    made = random.standard_normal((4, 512)).astype(np.float32)
    made[0] = 0.3 * train[0, 1]
    made[1] = np.roll(train[1, 0], 5)
    assert report.fraction_of_copies(made, train) == 0.5
