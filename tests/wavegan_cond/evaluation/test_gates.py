"""No measure without a gate: each must order sounds whose order is known.

Everything is measured as a report does, against procedural drums.
"""

import numpy as np
import pytest
from scipy import signal

from tests.fixtures.drums import CLASSES, LENGTH, kit
from wavegan_cond.evaluation.classifier import train_classifier
from wavegan_cond.evaluation.embedding import hear
from wavegan_cond.evaluation.measures import MEASURES
from wavegan_cond.evaluation.report import Reference, noise_like

TRAIN, HELD_OUT = 100, 30

# The sounds, from better to worse, that each measure must put in this order;
# figures are means over classes. What rises for the worse, and what falls:
RISES = {
    "kad": ("real", "dull", "wrong", "noise"),
    "kad_absolute": ("real", "dull", "wrong", "noise"),
    "kid": ("real", "dull", "wrong", "noise"),
    "fad": ("real", "dull", "wrong", "noise"),
    "ndb": ("real", "few"),
    "divergence": ("real", "few"),
    "close_share": ("real", "copies"),
    "copies": ("real", "copies"),
    "comb": ("real", "tones 40", "tones 30", "tones 20"),
    "comb_95": ("real", "tones 40", "tones 30", "tones 20"),
    "comb_depth": ("real", "tones 40", "tones 30", "tones 20"),
    "grain": ("real", "echo 14", "echo 8", "echo 2"),
    "first": ("real", "cut"),
    "last": ("real", "cut"),
    "offset": ("real", "shifted"),
    "begins_cut": ("real", "late"),
    "swells": ("real", "again"),
    "clipped": ("real", "loud"),
    "noise_floor": ("real", "hiss"),
    "log_attack": ("real", "wrong"),
    "t20": ("real", "wrong"),
    "centroid": ("real", "wrong"),
    "crest": ("real", "wrong"),
    "low_share": ("real", "wrong"),
    "glide": ("real", "wrong"),
}
FALLS = {
    "precision": ("real", "noise"),
    "recall": ("real", "few"),
    "density": ("real", "noise"),
    "coverage": ("real", "few"),
    "variety": ("real", "few"),
    "memory_ratio": ("real", "copies"),
    "one_hit": ("real", "twice"),
    "fall": ("real", "noise"),
    "partials": ("real", "noise"),
}


def tones(waves, decibels):
    """Waves with every tone that upsampling can leave."""
    time = np.arange(LENGTH)
    comb = sum(
        np.cos(2 * np.pi * time * m / 4**k)
        for k in (1, 2, 3, 4)
        for m in range(1, 4**k // 2)
        if m % 4
    )
    comb /= np.abs(comb).max()
    return (waves + 10 ** (-decibels / 20) * comb).astype(np.float32)


def echo(waves, decibels):
    """Waves with a weaker copy of each, 1024 samples later."""
    echoed = waves.copy()
    echoed[:, 1024:] += 10 ** (-decibels / 20) * waves[:, :-1024]
    return echoed


def repeated(waves, start):
    """Waves that hit again."""
    twice = waves.copy()
    twice[:, start:] += waves[:, : LENGTH - start]
    return twice


def few_of(waves, labels):
    """Two sounds of each class again and again, hardly changed."""
    random, chosen = np.random.default_rng(0), []
    for label in range(3):
        pair = waves[labels == label][:2]
        chosen.append(np.resize(pair, (HELD_OUT, LENGTH)))
    waves = np.concatenate(chosen)
    gain = random.uniform(0.9, 1, (len(waves), 1))
    return (waves * gain).astype(np.float32)


@pytest.fixture(scope="module")
def figures():
    train, train_labels = kit(TRAIN, 1)
    held_out, labels = kit(HELD_OUT, 2)
    real, _ = kit(HELD_OUT, 3)
    heard = hear(train)
    classifier = train_classifier(heard, train_labels, CLASSES, 0, 1)
    reference = Reference(
        train,
        train_labels,
        held_out,
        labels,
        CLASSES,
        classifier,
        heard,
        np.full(len(train), ""),
        np.full(len(held_out), ""),
    )
    hiss = np.random.default_rng(1).standard_normal(real.shape)
    low = signal.butter(2, 4000, fs=44100, output="sos")
    learned = np.concatenate(
        [
            reference.nearest_training(label, real[labels == label], 1)[:, 0]
            for label in range(3)
        ]
    )
    sounds = {
        "real": real,
        "dull": signal.sosfilt(low, real).astype(np.float32),
        "wrong": np.roll(real, HELD_OUT, axis=0),
        "noise": noise_like(real),
        "few": few_of(real, labels),
        "copies": learned,
        "aside": reference.perfect[0],
        "cut": np.roll(real, LENGTH // 3, axis=1) + 0.05,
        "shifted": real + 0.05,
        "loud": np.clip(3 * real, -1, 1),
        "hiss": real + 0.02 * hiss,
        "twice": repeated(real, LENGTH // 2),
        "again": repeated(real, 3 * LENGTH // 4),
        "late": np.roll(real, -200, axis=1),
        **{f"echo {level}": echo(real, level) for level in (14, 8, 2)},
        **{f"tones {level}": tones(real, level) for level in (40, 30, 20)},
    }
    found = {}
    for name, waves in sounds.items():
        requested = reference.perfect[1] if name == "aside" else labels
        report = reference.measure(np.float32(waves), requested)
        found[name] = {
            key: np.mean([one[key] for one in report["classes"].values()])
            for key in MEASURES
        }
    return found


def test_every_measure_of_a_report_has_a_gate():
    assert set(RISES) | set(FALLS) == set(MEASURES)
    assert not set(RISES) & set(FALLS)


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_orders_its_controls(figures, name):
    order = RISES.get(name) or FALLS[name]
    values = [figures[control][name] for control in order]
    if name in FALLS:
        values = values[::-1]
    steps = np.diff(values)
    assert (steps > 0).all(), dict(zip(order, values, strict=True))


def test_a_copy_of_a_sound_that_was_set_aside_is_a_copy(figures):
    """The generator learned from it too."""
    assert figures["aside"]["copies"] == 1
    assert figures["aside"]["memory_ratio"] < 0.1


def test_copies_are_no_further_from_real_than_real_ones(figures):
    """Copies, which KAD cannot see and the measures of memory can."""
    assert figures["copies"]["kad"] < figures["dull"]["kad"]
    assert figures["copies"]["memory_ratio"] < 0.1
