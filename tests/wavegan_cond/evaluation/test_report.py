"""Parts of a report: the sounds that are set aside, and the noise."""

import types

import numpy as np
import pytest

from tests.fixtures.drums import kit
from tests.fixtures.stores import CLASSES
from wavegan_cond.evaluation import artifacts, grain, report
from wavegan_cond.evaluation import draws as drawing
from wavegan_cond.evaluation.embedding import hear
from wavegan_cond.model.subsample import subsample_evenly


def alone(*counts):
    """Groups of so many sounds, each of a kit of its own."""
    return (np.full(count, "") for count in counts)


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


def test_generated_and_perfect_sounds_are_compared_in_equal_numbers(
    monkeypatch,
):
    """Few training sounds: fewer can be set aside than are held out."""
    monkeypatch.setattr(drawing, "DRAWS", 3)
    train, labels = kit(40, 1)
    undecided = types.SimpleNamespace(
        predict=lambda heard: np.full((len(heard.audible), 3), 1 / 3)
    )
    held = kit(30, 2)
    reference = report.Reference(
        train, labels, *held, CLASSES, undecided, hear(train), *alone(120, 90)
    )
    aside = len(reference.perfect[0]) // 3
    assert aside == 10
    made, made_labels = kit(30, 3)
    found = reference.measure(made, made_labels)["classes"]["kick"]
    each = [
        reference.measure(made[rows], made_labels[rows])["classes"]["kick"]
        for rows in (
            np.concatenate([drawn, drawn + 30, drawn + 60])
            for drawn in drawing.draws(30, aside)
        )
    ]
    for name in ("recall", "coverage", "variety", "grain", "comb", "glide"):
        assert found[name] == pytest.approx(np.mean([x[name] for x in each]))
    kicks = made[drawing.draws(30, aside)[0]]
    assert each[0]["grain"] == pytest.approx(grain.grain(kicks))
    assert each[0]["comb_depth"] == pytest.approx(grain.comb_depth(kicks))
    assert each[0]["comb"] == pytest.approx(
        max(artifacts.comb_index(kicks).values())
    )
    spread = np.tile(
        np.isin(np.arange(30), subsample_evenly(np.arange(30), aside)), 3
    )
    waves, their_labels = (x[spread] for x in held)
    same = reference.measure(waves, their_labels)["classes"]["kick"]
    assert same["coverage"] == 1 and abs(same["variety"] - 1) < 1e-6


def test_what_is_set_aside_is_no_copy_of_itself():
    train, labels = kit(24, 1)
    held, held_labels = kit(20, 2)
    undecided = types.SimpleNamespace(
        predict=lambda heard: np.full((len(heard.audible), 3), 1 / 3)
    )
    reference = report.Reference(
        train,
        labels,
        held,
        held_labels,
        CLASSES,
        undecided,
        hear(train),
        *alone(72, 60),
    )
    for aside, copies in ((False, 1.0), (True, 0.0)):
        found = reference.measure(*reference.perfect, aside=aside)
        figures = found["classes"].values()
        assert [each["copies"] for each in figures] == [copies] * 3


def test_copies_among_held_out_sounds_are_no_yardstick(monkeypatch):
    """As velocity layers of one recording are, once their levels are even."""
    monkeypatch.setattr(drawing, "DRAWS", 2)
    held, labels = kit(6, 2)
    undecided = types.SimpleNamespace(
        predict=lambda heard: np.full((len(heard.audible), 3), 1 / 3)
    )
    train = kit(48, 1)
    found = {}
    for name, others in (("copies", held), ("drums", kit(6, 4)[0])):
        reference = report.Reference(
            *train,
            np.concatenate([held, others]),
            np.tile(labels, 2),
            CLASSES,
            undecided,
            hear(train[0]),
            *alone(144, 36),
        )
        made = reference.measure(*kit(12, 3))["classes"].values()
        found[name] = [each["variety"] for each in made]
    assert found["copies"] == [None] * 3
    assert all(0.5 < value < 2 for value in found["drums"])


def test_who_is_not_sure_is_counted():
    likely = np.array([[0.95, 0.05], [0.6, 0.4], [0.3, 0.7]])
    listener = types.SimpleNamespace(
        classes=("a", "b"),
        classifier=types.SimpleNamespace(predict=lambda heard: likely),
    )
    labels = np.array([0, 0, 1])
    found = report.Reference._classify(listener, None, labels)
    assert found["unsure"] == pytest.approx(2 / 3) and found["hits"] == 3
