"""Building blocks of synthetic drums: partials, noise, envelopes, colour.

NumPy alone. Sounds are one-dimensional arrays at 44.1 kHz; parameters are in
seconds, hertz and plain ratios. Whatever is random is drawn from a generator
that is passed in. All is float64, so that platforms differ by far less than
the 16 bits a sound is rounded to.
"""

import functools

import numpy as np

SAMPLE_RATE = 44100
LONGEST = 2 * SAMPLE_RATE  # samples of a sound
FRAME = 256  # samples of a frame of noise
HOP = FRAME // 2
WINDOW = np.sin(np.pi * (np.arange(FRAME) + 0.5) / FRAME)
BINS = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE)  # Hz, [129]


def between(
    rng: np.random.Generator, low: float, high: float, count: int | None = None
) -> float | np.ndarray:
    """Draws from low to high, every octave as likely; [count] or a number."""
    return np.exp(rng.uniform(np.log(low), np.log(high), count))


def samples_of(decay: float, shape: float) -> int:
    """Returns the samples until exp(-(t / decay)^shape) is 70 dB down."""
    seconds = decay * (70 / 20 * np.log(10)) ** (1 / shape)
    return int(np.clip(seconds * SAMPLE_RATE, 2048, LONGEST))


def envelope(
    t: np.ndarray, attack: float, decay: float, shape: float
) -> np.ndarray:
    """Returns a linear attack and a stretched exponential decay, [n].

    shape > 1 holds and then falls, as a gate does; < 1 falls and then lingers.
    """
    return np.minimum(1, (t + 1e-4) / attack) * np.exp(-((t / decay) ** shape))


def band(centre: float, octaves: float, hz: np.ndarray = BINS) -> np.ndarray:
    """Returns gains of a band: 1 at its centre, a bell ``octaves`` wide."""
    return np.exp(-0.5 * (np.log2((hz + 1) / centre) / octaves) ** 2)


def squash(wave: np.ndarray, drive: float) -> np.ndarray:
    """Returns the wave as an overdriven amplifier gives it, its peak 1."""
    wave = wave / np.abs(wave).max()
    return np.tanh(drive * wave) / np.tanh(drive)


def partials(
    hz: np.ndarray,
    levels: np.ndarray,
    times: np.ndarray,
    turns: np.ndarray,
    n: int,
) -> np.ndarray:
    """Returns the sum of decaying sines, float64 [n].

    Sample a * step + b of a partial is a factor of a times a factor of b, so
    the sum over partials is one matrix product instead of n sines for each.

    Args:
      hz: frequencies, [P].
      levels: amplitudes at the start, [P].
      times: seconds in which each falls to 1 / e, [P].
      turns: phases at the start, 1 is a full turn, [P].
      n: samples.
    """
    rate = (2j * np.pi * hz - 1 / times) / SAMPLE_RATE
    step = 256
    coarse = np.exp(np.arange(-(-n // step))[:, None] * step * rate)
    fine = np.exp(np.arange(step)[:, None] * rate)
    fine = fine * levels * np.exp(2j * np.pi * turns)
    left = np.concatenate([coarse.real, -coarse.imag], axis=1)
    right = np.concatenate([fine.real, fine.imag], axis=1)
    return (left @ right.T).ravel()[:n]


def noise(
    rng: np.random.Generator,
    n: int,
    colour: np.ndarray,
    decay: float,
    tilt: float,
    attack: float = 2e-4,
    shape: float = 1.0,
    tail: float = 0.0,
) -> np.ndarray:
    """Returns noise whose treble dies first, its peak at 1, float64 [n].

    Frames of random spectra, weighted by colour and decay, overlap-added.

    Args:
      rng: draws the noise.
      n: samples.
      colour: gain of each of BINS, [129].
      decay: seconds, at 1 kHz.
      tilt: decay times are proportional to frequency^-tilt.
      attack: seconds.
      shape: of the decay, see ``envelope``.
      tail: level of a part that decays four times as slowly: a room.
    """
    times = decay * np.clip(BINS / 1000, 0.2, 20) ** -tilt  # [129]
    heard = (4 if tail else 1) * times.max() * 9.2 ** (1 / shape)  # 80 dB
    used = min(n, int(heard * SAMPLE_RATE) + FRAME)
    time = np.arange(used // HOP + 2) * HOP / SAMPLE_RATE
    age = np.outer(time**shape, times**-shape)  # [frames, 129]
    gain = np.exp(-age)
    if tail:
        gain += tail * np.exp(-age / 4**shape)
    gain *= colour
    white = rng.standard_normal((len(gain), 2 * len(BINS)))
    frames = np.fft.irfft(white.view(np.complex128) * gain) * WINDOW
    # Frame i is centred on sample i * hop: the first half is before the hit.
    wave = np.zeros(n)
    wave[:used] = (frames[:-1, HOP:] + frames[1:, :HOP]).ravel()[:used]
    rise = min(n, int(attack * SAMPLE_RATE) + 4)
    wave[:rise] *= np.arange(1, rise + 1) / rise
    return wave / np.abs(wave).max()


def equalise(wave: np.ndarray, gains: np.ndarray, cutoff: float) -> np.ndarray:
    """Returns the wave coloured and its treble cut off, float [n].

    Args:
      wave: float [n].
      gains: dB at seven frequencies from 30 Hz to 20 kHz, each 2.95 times the
        one before; straight lines between them.
      cutoff: Hz above which the gain falls by 60 dB an octave.
    """
    size = -(-len(wave) // 4096) * 4096  # few sizes, quick to transform
    knots, octaves = equaliser_bands(size)
    gain = gains @ knots - 60 * np.maximum(0, octaves - np.log2(cutoff))
    spectrum = np.fft.rfft(wave, size) * np.exp(gain * np.log(10) / 20)
    return np.fft.irfft(spectrum)[: len(wave)]


@functools.cache
def equaliser_bands(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns seven triangles over the spectrum of ``size`` samples.

    Returns:
      The triangles, [7, bins], of sum 1, and log2 of the frequencies, [bins].
    """
    hz = np.maximum(np.fft.rfftfreq(size, 1 / SAMPLE_RATE), 1)
    place = np.clip(np.log(hz / 30) / np.log(20000 / 30) * 6, 0, 6)
    triangles = np.maximum(0, 1 - np.abs(place - np.arange(7)[:, None]))
    return triangles, np.log2(hz)
