"""The equalizer: known filters and tones, and weights that do not hear it."""

import dataclasses

import numpy as np
import pytest

from experiments.common.training import run_in
from tests.fixtures import tiny
from wavegan_cond.config import ModelConfig
from wavegan_cond.evaluation.artifacts import comb_index, comb_places
from wavegan_cond.model import match_eq, match_eq_fit
from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.model.networks import make_generator
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis import latents, synth
from wavegan_cond.synthesis.ends import clean_ends
from wavegan_cond.synthesis.wav import to_float
from wavegan_cond.training.equalizer import make_spectra
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.run_dir import RunDir

LENGTH = 4096
MODEL = dataclasses.replace(tiny.MODEL, match_eq=True)
TINY = {"length": 256, "width": 1, "latent_dim": 4}


def noise(count=200, seed=0, level=0.05):
    return level * np.random.default_rng(seed).normal(size=(count, LENGTH))


def equalized(waves, taps):
    ones = np.ones((len(waves), 1), np.float32)
    waves, taps = np.float32(waves)[:, :, None], np.float32(taps)[None]
    heard = match_eq.equalize(waves, taps, ones)
    return np.asarray(heard)[:, :, 0]


def decibels(gains):
    return 20 / np.log(10) * gains


def one_class(waves):
    return match_eq_fit.stack([match_eq_fit.measure([waves])])


def test_flat_filters_change_nothing():
    waves = noise(3)
    taps = match_eq.flat(1, LENGTH)[0]
    np.testing.assert_allclose(equalized(waves, taps), waves, atol=1e-6)


def test_it_is_the_convolution_and_does_not_wrap_around():
    waves, taps = noise(2), np.random.default_rng(1).normal(size=1024) / 50
    for wave, heard in zip(waves, equalized(waves, taps), strict=True):
        np.testing.assert_allclose(
            heard, np.convolve(wave, taps)[:LENGTH], atol=1e-6
        )


def test_what_passes_full_scale_is_brought_down_whole():
    waves = noise(2)
    waves[0] *= 0.9 / np.abs(waves[0]).max()
    taps = 2 * match_eq.flat(1, LENGTH)[0]
    loud, quiet = equalized(waves, taps)
    np.testing.assert_allclose(loud, waves[0] / 0.9, atol=1e-6)
    np.testing.assert_allclose(quiet, 2 * waves[1], atol=1e-6)


@pytest.mark.parametrize("late", [[1.0, -0.5], [-0.5, 1.0]])
def test_of_all_filters_of_one_gain_it_is_the_earliest(late):
    # A zero at 2 has the gain of one at 1 / 2, whose energy comes first.
    gains = np.log(np.abs(np.fft.rfft(late, LENGTH)))
    taps = match_eq_fit.minimum_phase(gains)
    assert taps.shape == (match_eq.num_taps(LENGTH),)
    expected = np.zeros(len(taps))
    expected[:2] = 1.0, -0.5
    # Between the bins it is given, gains are read off straight lines.
    np.testing.assert_allclose(taps, expected, atol=1e-3)


def test_a_filter_that_was_in_the_way_is_taken_away():
    colour = np.array([1.0, 0.6, -0.2])
    dull = np.stack([np.convolve(w, colour)[:LENGTH] for w in noise(seed=1)])
    real, made = one_class(noise(seed=2)), one_class(dull)
    (taps,) = match_eq_fit.fit(real, made)
    before = (made.tone - real.tone)[0, 20:-20] / 2
    after = match_eq_fit.measure([equalized(dull, taps)]).tone - real.tone[0]
    assert np.abs(decibels(before)).max() > 4
    # Band by band: of a single bin 200 sounds say little.
    bands = after[20:2020].reshape(-1, 40).mean(axis=1) / 2
    assert np.abs(decibels(bands)).max() < 0.5


def test_no_band_is_raised_by_more_than_13_db():
    real, made = one_class(noise()), one_class(1e-3 * noise(seed=1))
    (taps,) = match_eq_fit.fit(real, made)
    gain = decibels(np.log(np.abs(np.fft.rfft(taps, LENGTH))))
    assert gain.max() < decibels(match_eq_fit.MOST) + 0.2
    assert np.median(gain) == pytest.approx(
        decibels(match_eq_fit.MOST), abs=0.2
    )


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_tone_of_the_upsampling_is_cut_to_its_surroundings(level):
    turns = 2 * np.pi * np.arange(LENGTH) / LENGTH
    places = comb_places(LENGTH, level)
    tone = sum(0.01 * np.cos(place * turns + place) for place in places)
    made, real = noise(seed=1) + tone, one_class(noise(seed=2))
    (taps,) = match_eq_fit.fit(real, one_class(made))
    others = noise(seed=3) + tone
    before = comb_index(others)[level]
    after = comb_index(equalized(others, taps))[level]
    assert before > 4 and abs(after) < 1


def test_a_tone_that_real_sounds_have_too_stays():
    tone = 0.01 * np.cos(2 * np.pi * np.arange(LENGTH) / 16)
    made, real = noise(seed=1) + tone, noise(seed=2) + tone
    (taps,) = match_eq_fit.fit(one_class(real), one_class(made))
    others = noise(seed=3) + tone
    kept = comb_index(equalized(others, taps))[2]
    assert kept == pytest.approx(comb_index(others)[2], abs=0.7)


def test_a_rough_mean_is_no_comb():
    """Where a few loud sounds make the mean, chance is not cut out of it."""
    levels = np.random.default_rng(9).lognormal(sigma=2, size=(2, 200, 1))
    real, made = (
        one_class(level * noise(seed=seed))
        for seed, level in enumerate(levels / 1e3)
    )
    (taps,) = match_eq_fit.fit(real, made)
    gain = decibels(np.log(np.abs(np.fft.rfft(taps, LENGTH))))
    folded = gain[64:1984].reshape(-1, 64).mean(axis=0)
    assert np.ptp(folded) < 0.3  # 0.65 where all that stands out is cut


@pytest.mark.parametrize(("length", "most"), [(1024, 0.08), (4096, 0.03)])
def test_few_lines_of_noise_are_cut_however_short_it_is(length, most):
    random, shares = np.random.default_rng(0), []
    lines = np.arange(64, length // 2 + 1 - 32, 64)
    for _ in range(60):
        levels = random.lognormal(sigma=2, size=(2, 64, 1))
        real, made = (
            match_eq_fit.measure([level * random.standard_normal((64, length))])
            for level in levels
        )
        shares.append((match_eq_fit.cuts(real, made)[lines] > 0).mean())
    assert np.mean(shares) < most


def test_tones_of_single_sounds_are_no_lines():
    """One loud sound with a tone there is all of the mean power."""
    shares = []
    lines = np.arange(64, LENGTH // 2 - 32, 64)
    for seed in range(12):
        random = np.random.default_rng(seed)
        real, waves = noise(100, seed=random), noise(100, seed=random)
        for wave in waves:
            bins = random.integers(8, LENGTH // 2, 30)
            spectrum = np.zeros(LENGTH // 2 + 1, complex)
            np.add.at(spectrum, bins, -0.5j * LENGTH)  # sines
            wave += random.lognormal() * np.fft.irfft(spectrum)
        cut = match_eq_fit.cuts(one_class(real), one_class(waves))
        shares.append((cut[0, lines] > 0).mean())
    assert np.mean(shares) < 0.02  # 0.03 by the mean power alone


def test_silence_gives_filters_too():
    silent = one_class(np.zeros((2, LENGTH)))
    for real, made in ((silent, silent), (one_class(noise()), silent)):
        assert np.isfinite(match_eq_fit.fit(real, made)).all()


def test_real_sounds_need_no_filter(store):
    """A model that makes exactly the training sounds has nothing to mend."""
    real = make_spectra(store, MODEL, MODEL.length)
    labels = store.labels[: store.train]
    waves = to_float(store.read_rows(np.arange(store.train)))
    made = match_eq_fit.stack(
        [
            match_eq_fit.measure([clean_ends(waves[labels == label]).numpy()])
            for label in range(len(MODEL.classes))
        ]
    )
    np.testing.assert_allclose(
        match_eq_fit.fit(real, made), match_eq.flat(3, 64), atol=1e-6
    )


@pytest.mark.parametrize("end", [0, -1])
def test_the_first_and_the_last_bin_weigh_as_others_do(end):
    """A hole at 0 Hz, as the removal of an offset leaves, is no slope."""
    real = one_class(noise())
    hollow = match_eq_fit.Spectra(real.tone.copy(), real.power)
    hollow.tone[:, end] -= 2
    (taps,) = match_eq_fit.fit(real, hollow)
    gain = np.log(np.abs(np.fft.rfft(taps, LENGTH)))
    half = max(2, (LENGTH // 2 + 1) // 256)
    assert np.abs(gain[end]) < 1.2 / (half + 1)


def test_every_class_has_its_own_filter_and_mixtures_are_between():
    plain = make_generator(ModelConfig(**TINY))
    equalizer = match_eq.MatchEq(3, 256)
    generator = match_eq.EqualizedGenerator(plain, equalizer)
    taps = match_eq.flat(3, 256)
    taps[1, 1], taps[2, 5] = 0.5, -0.5
    equalizer.taps.assign(taps)
    z = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    label = np.arange(3)
    raw = np.asarray(plain(z, label))
    one_hot = np.eye(3, dtype=np.float32)
    heard = np.asarray(match_eq.equalize(raw, taps, one_hot))
    assert np.abs(raw).max() > 0
    np.testing.assert_allclose(generator(z, label), heard, atol=1e-6)
    np.testing.assert_allclose(generator.mix(z, one_hot), heard, atol=1e-6)
    half = np.float32([[0, 0.5, 0.5]])
    expected = match_eq.equalize(plain.mix(z[:1], half), taps, half)
    np.testing.assert_allclose(generator.mix(z[:1], half), expected, atol=1e-6)


def trained(path, store, model, **settings):
    """Trains; returns the run folder and the variables it ends with."""
    config = tiny.train_config(**settings)
    run_in(path, store, model, config, tiny.OPTIONS)
    run_dir = RunDir(path)
    return run_dir, tiny.state(run_dir, model, config)


def test_training_does_not_hear_it(tmp_path, store, monkeypatch):
    options = RunOptions(
        checkpoint_every=1,
        preview_every=9,
        preview_sounds=1,
        tensorboard=False,
        best_by="none",
    )
    monkeypatch.setattr(tiny, "OPTIONS", options)
    settings = {"average": 0.9, "iterations": 2}
    _, plain = trained(tmp_path / "a", store, tiny.MODEL, **settings)
    _, other = trained(tmp_path / "b", store, MODEL, **settings)
    taps = [name for name in other if "match_eq_64" in name]
    assert len(taps) == 1
    for name in taps:
        assert np.ptp(other.pop(name)[:, 1:]) > 0
    assert plain.keys() == other.keys()
    for name, value in plain.items():
        np.testing.assert_array_equal(value, other[name], name)


@pytest.mark.parametrize("conditioning", ["embedding", "none"])
def test_a_checkpoint_holds_the_filter_of_its_own_weights(
    tmp_path, store, conditioning
):
    model = dataclasses.replace(MODEL, conditioning=conditioning)
    run_dir, variables = trained(tmp_path, store, model, average=0.9)
    taps = variables["match_eq/match_eq_64"]
    plain = make_generator(dataclasses.replace(model, match_eq=False))
    for name, weight in variables_of(plain, "average").items():
        weight.assign(variables[name])
    raw = synth.from_generator(plain, load_model(run_dir.path).info)
    z = latents.draw(model, match_eq_fit.SEED, match_eq_fit.SOUNDS)
    made = [
        match_eq_fit.measure([raw.generate(z, np.full(len(z), label))])
        for label in range(3)
    ]
    real = make_spectra(store, model, model.length)
    expected = match_eq_fit.fit(real, match_eq_fit.stack(made))
    np.testing.assert_allclose(taps, expected, atol=1e-5)
    if conditioning == "none":
        assert np.ptp(taps, axis=0).max() == 0


def test_sounds_in_pieces_measure_as_they_do_together():
    waves = noise(130)
    whole = match_eq_fit.measure([waves])
    parts = match_eq_fit.measure([waves[:7], waves[7:9], waves[9:]])
    labels = np.arange(260) % 2
    both = np.repeat(waves, 2, axis=0)  # more of a class than a piece has
    real = match_eq_fit.real_spectra(both.__getitem__, labels, 2)
    for name in ("tone", "power"):
        expected = getattr(whole, name)
        np.testing.assert_allclose(getattr(parts, name), expected, atol=1e-9)
        for row in getattr(real, name):
            np.testing.assert_allclose(row, expected, atol=1e-9)


def test_a_filter_ends_softly():
    gains = np.random.default_rng(0).normal(0, 0.3, LENGTH // 2 + 1)
    size = np.abs(match_eq_fit.minimum_phase(gains))
    assert size[-16:].max() < 0.03 * size[512:768].max()


def test_at_few_places_loud_sounds_alone_make_a_line():
    """At multiples of fs / 16, where the last two blocks leave theirs."""
    turns = 2 * np.pi * np.arange(LENGTH) / LENGTH
    made = noise(seed=1)
    for place in (256, 320, 1280, 1344):
        made[:2] += 0.03 * np.cos(place * turns + place)
    cut = match_eq_fit.cuts(one_class(noise(seed=2)), one_class(made))[0]
    assert cut[[256, 1280]].min() > 0.3 and not cut[[320, 1344]].any()
