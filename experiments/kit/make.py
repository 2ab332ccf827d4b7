"""Makes a kit: draws a pool of sounds, chooses, lays out, encodes."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from experiments.kit import choose, instruments
from experiments.kit.counts import MAX_POOL
from experiments.kit.instruments import Kit
from experiments.kit.options import KitOptions
from wavegan_cond.evaluation.descriptors import descriptors
from wavegan_cond.synthesis import finish, latents, render
from wavegan_cond.synthesis.recipe import Recipe
from wavegan_cond.synthesis.synth import Synth


def make_kit(
    model: Synth, counts: Mapping[str, int], options: KitOptions
) -> tuple[Kit, list[tuple[Recipe, bytes]], dict[str, dict[str, int]]]:
    """Makes a kit.

    Sound i of a class's pool is drawn, as ``generate`` draws it, with the seed
    of the kit times 5000, plus i: the pools of two kits have no seed in common.

    Args:
      model: the model.
      counts: number of sounds of each class.
      options: of the kit.

    Returns:
      The kit, the recipe of each of its sounds with the content of its file,
      and how many sounds of each class's pool have which fault.

    Raises:
      KitError: too few sounds are clean and different, or too few keys.
    """
    info, pool = model.info, options.pool
    instruments.check_keys(counts)  # before any sound is made
    first = options.seed * MAX_POOL
    z, waves = draw_pool(model, counts, first, options)
    chosen, faults = choose.choose(
        waves,
        np.repeat(np.arange(len(counts)), pool),
        list(counts.values()),
        list(counts),
        info.sample_rate,
    )
    rows = np.concatenate(chosen).astype(int)
    taken = waves[rows]
    labels = np.repeat(list(counts), [len(part) for part in chosen]).tolist()
    drums = assign(taken, labels, info.sample_rate)
    sounds, listed = [], name_files(drums)
    for (_, files), (_, members) in zip(listed, drums, strict=True):
        for file, index in zip(files, members, strict=True):
            draw = int(rows[index]) % pool
            recipe = Recipe(
                file,
                tuple(z[draw].tolist()),
                info.class_of(labels[index]),
                seed=first + draw if options.truncation == 1 else None,
            )
            wave, rate = taken[index], info.sample_rate
            sounds.append(finished(recipe, wave, rate, options))
    return instruments.lay_out(options.name, listed), sounds, faults


def finished(
    recipe: Recipe, wave: np.ndarray, rate: int, options: KitOptions
) -> tuple[Recipe, bytes]:
    """Returns a sound's recipe with its finish, and the content of its file.

    Args:
      recipe: of the sound as the model makes it.
      wave: that sound, float32 [T].
      rate: of it in Hz.
      options: of the kit.
    """
    to_peak = finish.to_peak(
        wave, rate, options.fade, options.sample_rate, options.bits
    )
    recipe = dataclasses.replace(recipe, finish=to_peak)
    return recipe, render.to_wav(recipe, wave, rate)


def name_files(drums: Sequence[tuple]) -> list[tuple]:
    """Returns each drum's slot with the names of its files."""
    return [
        (slot, [f"{slot.stem}_{i:02}.wav" for i in range(1, len(members) + 1)])
        for slot, members in drums
    ]


def draw_pool(
    model: Synth, counts: Mapping[str, int], seed: int, options: KitOptions
) -> tuple[np.ndarray, np.ndarray]:
    """Returns z [pool, Z], and the sounds of all classes [N, T], one by one."""
    info, pool = model.info, options.pool
    z = latents.draw(info, seed, pool, options.truncation)
    labels = map(info.kinds.index, counts)
    waves = [model.generate(z, np.full(pool, label)) for label in labels]
    return z, np.concatenate(waves)


def assign(waves: np.ndarray, labels: Sequence[str], rate: int) -> list:
    """Returns the drums of sounds [N, T] by what is heard of them."""
    of_class = {}
    for index, label in enumerate(labels):
        of_class.setdefault(label, []).append(index)
    heard = descriptors(waves, rate)
    return instruments.assign(of_class, heard["t20"], heard["centroid"])


def tell_faults(faults: Mapping[str, Mapping[str, int]], pool: int) -> str:
    """Returns how many sounds of the pool were left out, and why."""
    lines = []
    for name, counts in faults.items():
        reasons = ", ".join(f"{n} {fault}" for fault, n in counts.items() if n)
        lines.append(f"{name}: of {pool} sounds left out: {reasons or 'none'}")
    return "\n".join(lines)
