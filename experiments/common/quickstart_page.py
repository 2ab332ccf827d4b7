"""The page of experiments.quickstart: sounds of two models, and real ones."""

import dataclasses
import pathlib

from data_prep.store.store import Store
from experiments.common import page, real_sounds
from experiments.common.listed_sounds import listed_groups

ROUGHER = (
    "rougher by design: a small model, a few minutes, synthetic sounds alone"
)


def write(folder: pathlib.Path, store: Store, sounds: int, steps: int) -> None:
    """Shows sounds of both models, a way between two classes, and real ones."""
    shipped = shipped_groups(folder, sounds)
    order = ": first by the model that comes with the project, then by your own"
    build(
        folder / "index.html",
        [
            *shipped,
            *own_groups(folder, sounds, steps),
            *real_groups(store, sounds // 2),
        ],
        f"Generated from z and a class label{order if shipped else ''}. Your "
        f"own model is {ROUGHER}. Below its sounds are those of the "
        "procedural demo kit it learned from.",
    )


def build(path: pathlib.Path, groups: list, note: str) -> None:
    """Writes the page of this command."""
    page.build(path, groups, "Drum sounds of a neural network", note)


def shipped_groups(folder: pathlib.Path, sounds: int) -> list:
    """Returns the sounds of the shipped model, if they were made."""
    if not (folder / "first_sounds").exists():
        return []
    return [
        dataclasses.replace(group, section="The shipped model")
        for group in listed_groups(folder / "first_sounds", sounds)
    ]


def own_groups(folder: pathlib.Path, sounds: int, steps: int) -> list:
    """Returns the sounds of the model trained here."""
    groups = [
        dataclasses.replace(group, title=f"your {group.title}")
        for group in listed_groups(folder / "sounds", sounds)
    ]
    for group in listed_groups(folder / "morph", steps):
        groups.append(dataclasses.replace(group, beat=False))
    return [
        dataclasses.replace(group, section="Your own model, rougher by design")
        for group in groups
    ]


def real_groups(store: Store, count: int) -> list:
    """Returns sounds of the demo kit."""
    each = {name: (name,) for name in store.classes}
    real = real_sounds.choose(store, each, count, seed=0)
    return [
        page.group(
            f"{name} of the demo kit",
            map(str, range(1, len(waves) + 1)),
            waves,
            store.sample_rate,
            stem=f"{name}_",
            beat=False,
            section="The demo kit",
        )
        for name, waves in real.items()
    ]
