"""R8: a sound is the same in every format.

And at every rate, below the highest frequency that all rates hold.
"""

import numpy as np
import pytest
import soundfile

from data_prep.audio import decode, process_file
from tests.reliability.cases import seeds

RATE = 44100
RATES = (22050, 44100, 48000, 96000)
SECONDS = 0.3
HIGHEST = 10000  # Hz: what all rates hold
LEAST_SNR = 90.0  # dB
# Format, subtype, type of the samples written, their bits, channels.
DEPTHS = {
    "16-bit WAV": ("WAV", "PCM_16", 16, 1),
    "24-bit WAV": ("WAV", "PCM_24", 24, 1),
    "32-bit WAV": ("WAV", "PCM_32", 32, 1),
    "float WAV": ("WAV", "FLOAT", 0, 1),
    "16-bit AIFF": ("AIFF", "PCM_16", 16, 1),
    "24-bit AIFF": ("AIFF", "PCM_24", 24, 1),
    "16-bit FLAC": ("FLAC", "PCM_16", 16, 1),
    "24-bit FLAC": ("FLAC", "PCM_24", 24, 1),
    "dual mono": ("WAV", "PCM_16", 16, 2),
}


@seeds(10, quick=1)
@pytest.mark.parametrize("name", DEPTHS)
def test_format(tmp_path, name, seed):
    """The row is that of the 32-bit file to within one step."""
    expected = row(tmp_path, "32-bit WAV", seed).astype(int)
    assert np.abs(row(tmp_path, name, seed) - expected).max() <= 1


@seeds(10, quick=1)
@pytest.mark.parametrize("rate", RATES)
def test_rate(tmp_path, rate, seed):
    path = tmp_path / "sound.wav"
    soundfile.write(path, signal(seed, rate), rate, "FLOAT")
    with decode.open_sound(path) as file:
        found = decode.decode(file, 2 * SECONDS).wave
    expected = signal(seed, RATE)
    assert len(found) == len(expected)
    assert signal_to_noise(expected, found) >= LEAST_SNR


def row(folder, name, seed):
    """Returns the row, int16 [T], that a sound in some format becomes."""
    format, subtype, bits, channels = DEPTHS[name]
    wave = signal(seed, RATE)
    # A hard start: where it is slow, the rounding of a sample beside the
    # threshold of silence decides where the row begins.
    wave = wave[np.argmax(np.abs(wave) > 0.1 * np.abs(wave).max()) :]
    # A peak that 16 bits hold exactly: normalising then adds no error.
    wave = wave / np.abs(wave).max() * (32767 / 32768)
    samples = as_integers(wave, bits) if bits else wave.astype(np.float32)
    path = folder / "sound"
    tiled = np.repeat(samples[:, None], channels, axis=1)
    soundfile.write(path, tiled, RATE, subtype, format=format)
    outcome = process_file.process((str(path), "decode"), process_file.Shape())
    assert not outcome.reason
    return outcome.row


def as_integers(wave, bits):
    """Returns int32 [n] whose upper ``bits`` are the rounded sound.

    Not left to libsndfile, which writes to a scale of 2^(bits-1) - 1 and reads
    from one of 2^(bits-1).
    """
    scale = 2.0 ** (bits - 1)
    whole = np.clip(np.rint(wave * scale), -scale, scale - 1)
    return (whole.astype(np.int64) << (32 - bits)).astype(np.int32)


def signal(seed, rate):
    """Returns the same sound, float64 [0.3 s], sampled at any rate.

    Tones under bell curves, so narrow in frequency and so far from both ends
    that at every rate they are what was sampled, to 1e-9: nothing is lost but
    what the resampler loses.
    """
    random = np.random.default_rng(seed)
    time = np.arange(round(SECONDS * rate)) / rate
    wave = np.zeros(len(time))
    for tone in np.geomspace(60, 0.96 * HIGHEST, 40):
        middle = random.uniform(0.13, 0.17)
        bell = np.exp(-0.5 * ((time - middle) / 0.02) ** 2)
        turns = tone * time + random.uniform()
        wave += random.uniform(0.2, 1) * bell * np.sin(2 * np.pi * turns)
    return wave / 40


def signal_to_noise(expected, found):
    """Returns the ratio of the energies below 10 kHz, in dB."""
    bins = int(HIGHEST * len(expected) / RATE)
    power = np.abs(np.fft.rfft(expected))[:bins] ** 2
    noise = np.abs(np.fft.rfft(found - expected))[:bins] ** 2
    return 10 * np.log10(power.sum() / noise.sum())
