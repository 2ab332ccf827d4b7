"""Makes a kit: draws a pool of sounds, chooses, lays out, encodes."""

from collections.abc import Mapping

import numpy as np

from experiments.kit import audio, choose, instruments
from experiments.kit.contents import KitSound, Making
from experiments.kit.counts import MAX_POOL
from experiments.kit.instruments import Kit
from wavegan_cond.evaluation.descriptors import descriptors
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.synth import Synth


def make_kit(
    model: Synth,
    counts: Mapping[str, int],
    making: Making,
    name: str,
) -> tuple[Kit, dict[str, KitSound], dict[str, dict[str, int]]]:
    """Makes a kit.

    Sound i of a class's pool is drawn, as ``generate`` draws it, with the seed
    of the kit times 5000, plus i: the pools of two kits have no seed in common.

    Args:
      model: the model.
      counts: number of sounds of each class.
      making: how it is to be made.
      name: name of the kit.

    Returns:
      The kit, its sounds by the names of their files, and how many sounds of
      each class's pool have which fault.

    Raises:
      KitError: too few sounds are clean and different, or too few keys.
    """
    info, pool = making.info, making.pool
    first = making.seed * MAX_POOL
    z = latents.draw(
        first, pool, info.latent_dim, info.prior, making.truncation
    )
    classes = [info.label(c) if info.conditional else 0 for c in counts]
    waves = np.concatenate(
        [model.generate(z, np.full(pool, label)) for label in classes]
    )
    chosen, faults = choose.choose(
        waves,
        np.repeat(np.arange(len(counts)), pool),
        list(counts.values()),
        list(counts),
        info.sample_rate,
    )
    rows = np.concatenate(chosen).astype(int)
    ends = np.cumsum([0, *map(len, chosen)])
    of_class = {
        label: list(range(start, end))
        for label, start, end in zip(counts, ends[:-1], ends[1:], strict=True)
    }
    heard = descriptors(waves[rows], info.sample_rate)
    drums = instruments.assign(of_class, heard["t20"], heard["centroid"])
    finished = audio.finish(waves[rows], info.sample_rate, making.sample_rate)
    label_of = {i: label for label, part in of_class.items() for i in part}
    sounds, listed = {}, []
    for slot, members in drums:
        files = []
        for number, index in enumerate(members, 1):
            samples, gain = audio.to_samples(finished[index], making.bits)
            draw = int(rows[index]) % pool
            files.append(f"{slot.stem}_{number:02}.wav")
            sounds[files[-1]] = KitSound(
                label_of[index],
                first + draw,
                tuple(z[draw].tolist()),
                gain,
                audio.wav_bytes(samples, making.sample_rate, making.bits),
            )
        listed.append((slot, files))
    return instruments.lay_out(name, listed), sounds, faults


def tell_faults(faults: Mapping[str, Mapping[str, int]], pool: int) -> str:
    """Returns how many sounds of the pool were left out, and why."""
    lines = []
    for name, counts in faults.items():
        reasons = ", ".join(f"{n} {fault}" for fault, n in counts.items() if n)
        lines.append(f"{name}: of {pool} sounds left out: {reasons or 'none'}")
    return "\n".join(lines)
