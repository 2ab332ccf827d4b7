"""A procedural drum kit: as many kicks, snares and cymbals as one asks for.

Sound ``index`` of a class is a function of (seed, class, index) alone, so a
kit needs no download and no licence. Every parameter is drawn from a continuous
range, wide enough for long 808-like kicks and tight acoustic ones, for rim
shots, brushes and gated snares, for closed hats and crashes.

The kick is a swept sine with a click, the snare two modes of a membrane with
filtered noise, the cymbal inharmonic partials with high-passed noise.
"""

import os
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from data_prep.audio.waveform import to_int16
from data_prep.kit.synthesis import (
    SAMPLE_RATE,
    band,
    between,
    envelope,
    equalise,
    noise,
    partials,
    samples_of,
    squash,
)
from wavegan_cond.storage import folders
from wavegan_cond.storage.atomic import writing

CLASSES = ("kick", "snare", "cymbal")


class KitError(ValueError):
    """A sound the kit does not have, or a place it cannot be written to."""

    exit_code = 2


def sound(label: str, seed: int, index: int = 1) -> np.ndarray:
    """Returns one sound, float32 [n] mono at 44.1 kHz, its peak at most 1.

    n is the sound's own length, from 23 ms to 2 s. Another machine or version
    of NumPy may differ in the last bits before the sound is 16-bit.

    Args:
      label: 'kick', 'snare' or 'cymbal'.
      seed: of the kit, at least 0.
      index: of the sound in its class, at least 0.

    Raises:
      KitError: no such class, or a negative number.
    """
    if label not in CLASSES:
        raise KitError(f"class {label!r}: the kit has {', '.join(CLASSES)}")
    if seed < 0 or index < 0:
        raise KitError(f"seed {seed}, index {index}: expected at least 0")
    place = CLASSES.index(label)
    rng = np.random.default_rng([seed, place, index])
    return finish((kick, snare, cymbal)[place](rng), rng)


def kick(rng: np.random.Generator) -> np.ndarray:
    """Returns a swept sine, driven or not, with a click and a little room."""
    decay, shape = between(rng, 0.02, 0.16), between(rng, 0.7, 2.0)
    n = samples_of(decay, shape)
    t = np.arange(n) / SAMPLE_RATE
    low = between(rng, 32, 75)
    turns = low * t + rng.uniform(0, 0.25)
    for top, time in (
        (between(rng, 1.2, 25), between(rng, 0.002, 0.02)),
        (between(rng, 1.02, 2.2), between(rng, 0.02, 0.12)),
    ):
        turns += low * (top - 1) * time * (1 - np.exp(-t / time))
    attack = between(rng, 2e-4, 0.03)
    body = np.sin(2 * np.pi * turns) * envelope(t, attack, decay, shape)
    body = squash(body, between(rng, 0.1, 6))
    colour = band(between(rng, 500, 12000), between(rng, 0.5, 3))
    click = noise(
        rng, n, colour, between(rng, 0.001, 0.02), rng.uniform(0, 0.7)
    )
    colour = band(between(rng, 60, 3000), between(rng, 1, 3))
    room = noise(rng, n, colour, between(rng, 0.01, 0.06), rng.uniform(0, 0.7))
    body += between(rng, 0.005, 1.2) * click
    return body + between(rng, 0.003, 0.35) * room


def snare(rng: np.random.Generator) -> np.ndarray:
    """Returns the modes of a membrane with the noise of the wires."""
    decay, shape = between(rng, 0.018, 0.11), between(rng, 0.6, 2.0)
    n = samples_of(decay, shape)
    body = membrane(rng, n)
    wires = noise(
        rng,
        n,
        band(between(rng, 500, 7000), between(rng, 1, 3)),
        decay,
        rng.uniform(0, 0.6),
        attack=between(rng, 3e-4, 0.03),
        shape=shape,
        tail=between(rng, 0.002, 0.15),
    )
    colour = band(between(rng, 400, 6000), between(rng, 1, 3))
    hit = noise(rng, n, colour, between(rng, 0.002, 0.015), rng.uniform(0, 0.6))
    balance = rng.uniform(0.15, 0.93)
    mix = (1 - balance) * body + balance * wires
    mix += between(rng, 0.02, 0.6) * hit
    return squash(mix, between(rng, 0.2, 6))


def membrane(rng: np.random.Generator, n: int) -> np.ndarray:
    """Returns two modes that bend as the skin relaxes, and four that ring."""
    t = np.arange(n) / SAMPLE_RATE
    first, ring = between(rng, 120, 330), between(rng, 0.008, 0.08)
    bend = rng.uniform(0, 0.5) * between(rng, 0.004, 0.04)
    bent = t + bend * (1 - np.exp(-t / 0.02))
    body = np.zeros(n)
    for ratio, level in (1, 1), (rng.uniform(1.4, 2.1), between(rng, 0.1, 1)):
        turns = first * ratio * bent + rng.uniform(0, 1)
        time = ring * between(rng, 0.4, 1.6) / ratio**0.5
        body += level * np.sin(2 * np.pi * turns) * np.exp(-t / time)
    ratios = between(rng, 1.8, 12, 4)
    times = ring * between(rng, 0.4, 1.6, 4) / ratios**0.5
    levels, turns = between(rng, 0.005, 0.5, 4), rng.uniform(0, 1, 4)
    body += partials(first * ratios, levels, times, turns, n)
    body *= np.minimum(1, t / between(rng, 1e-4, 0.004))
    return body / np.abs(body).max()


def cymbal(rng: np.random.Generator) -> np.ndarray:
    """Returns partials without a common fundamental and high-passed noise."""
    decay, shape = between(rng, 0.011, 0.6), between(rng, 0.6, 1.4)
    n = samples_of(decay, shape)
    count, low = int(between(rng, 20, 150)), between(rng, 150, 2500)
    pitches = between(rng, low, between(rng, 9000, 20000), count)
    centre, width = between(rng, 4000, 18000), between(rng, 0.6, 2.5)
    floor = between(rng, 0.003, 0.6)
    levels = band(centre, width, pitches) + floor
    levels *= between(rng, 0.1, 1, count)
    tilt = rng.uniform(0, 0.5)
    times = decay * between(rng, 0.5, 1.5, count) * (pitches / 6000) ** -tilt
    metal = partials(pitches, levels, times, rng.uniform(0, 1, count), n)
    attack = between(rng, 2e-4, 0.004)
    if decay > 0.1:  # a large plate takes time to build up
        attack *= between(rng, 1, 15)
    metal *= np.minimum(1, np.arange(n) / (attack * SAMPLE_RATE))
    sizzle = noise(
        rng,
        n,
        band(centre, width) + floor * between(rng, 0.2, 1),
        decay * between(rng, 0.4, 1.2) * 6**tilt,
        tilt,
        attack=attack,
        shape=shape,
        tail=between(rng, 0.001, 0.2),
    )
    colour = band(between(rng, 200, 12000), between(rng, 1, 3))
    stick = noise(
        rng, n, colour, between(rng, 0.001, 0.02), rng.uniform(0, 0.5)
    )
    balance = rng.uniform(0, 0.9)
    mix = balance * metal / np.abs(metal).max() + (1 - balance) * sizzle
    mix += between(rng, 0.02, 0.7) * stick
    return squash(mix, between(rng, 0.2, 3))


def finish(dry: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns the sound as sample libraries hold it, float32 [n].

    Coloured, its treble cut at some sampler's limit, its end cut off and
    faded, rounded to some machine's bits, at some level.
    """
    wet = equalise(dry, rng.normal(0, 3, 7), between(rng, 6000, 40000))
    wet = wet / np.abs(wet).max()
    silence = 10 ** (rng.uniform(-70, -35) / 20)
    end = np.nonzero(np.abs(wet) > silence)[0][-1] + 1
    wet = wet[: max(end, 1024)]
    fade = min(len(wet), int(between(rng, 16, 2048)))
    wet[-fade:] *= np.linspace(1, 0, fade)
    steps = between(rng, 300, 1e6)  # from 9 bits to more than 16
    wet = np.round(wet * steps) / steps
    return np.float32(wet * between(rng, 0.3, 1))


def write_kit(
    output_dir: str | os.PathLike,
    num: int,
    seed: int = 0,
    progress: Callable[[], None] | None = None,
) -> None:
    """Writes sounds 1 to ``num`` of each class as 16-bit WAV files.

    Sound 7 of the kicks becomes kick/kick_0007.wav. The folder appears under
    its name when it is complete.

    Args:
      output_dir: absent or empty.
      num: sounds of each class.
      seed: of the kit.
      progress: called after each sound.

    Raises:
      KitError: the folder holds something.
      WriteError: it cannot be written.
    """
    path = Path(output_dir)
    with writing(path):
        folders.remove_leftovers(path)
        if path.exists() and (not path.is_dir() or folders.find_any(path)):
            raise KitError(
                f"{path} exists and is not an empty folder; name another one"
            )
        with folders.new_folder(path) as folder:
            for label in CLASSES:
                (folder / label).mkdir()
                for index in range(1, num + 1):
                    file = folder / label / f"{label}_{index:04d}.wav"
                    write_wav(file, sound(label, seed, index))
                    if progress:
                        progress()


def write_wav(path: Path, samples: np.ndarray) -> None:
    """Writes float [n] in [-1, 1] as 16-bit mono at 44.1 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(to_int16(samples).astype("<i2").tobytes())
