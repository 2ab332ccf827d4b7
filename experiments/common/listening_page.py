"""The page of experiments.evaluate --listen: pairs, and nothing that tells."""

import base64
import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data_prep.store.store import Store
from wavegan_cond.evaluation.listening import in_place, levelled
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.recipe import sha256
from wavegan_cond.synthesis.synth import Synth
from wavegan_cond.synthesis.wav import to_float, wav_bytes

TEMPLATE = Path(__file__).with_name("listening.html")


class Choice(NamedTuple):
    """Which sounds are on a page.

    Attributes:
      side: of the store, whose sounds are the real ones.
      shown: pairs of each class and question, at most as many as are held out.
      seed: of the first sound, of the real ones and of the order.
      truncation: factor of the latent vectors.
    """

    side: str
    shown: int
    seed: int
    truncation: float


class Pair(NamedTuple):
    """Two sounds to compare.

    Attributes:
      question: "real" or "better".
      label: class name.
      first: [T], the real one, or that of the first model.
      second: [T], the other one.
    """

    question: str
    label: str
    first: np.ndarray
    second: np.ndarray


def write(
    path: Path, models: Sequence[Synth], store: Store, choice: Choice
) -> str:
    """Writes the page and returns its name.

    Args:
      path: of the HTML file.
      models: one, or two that are compared as well.
      store: whose held-out sounds are the real ones.
      choice: of sounds.
    """
    prints = [model.info.fingerprint for model in models]
    made_of = [*prints, store.fingerprint, *choice]
    page = sha256(json.dumps(made_of).encode())[:16]
    pairs = real_pairs(models[0], store, choice)
    if len(models) > 1:
        pairs += model_pairs(*models, choice)
    order = np.random.default_rng(choice.seed).permutation(len(pairs))
    text = json.dumps(
        {
            "page": page,
            "models": " ".join(print_[:8] for print_ in prints),
            "pairs": [
                describe(page, number, pairs[i], store.sample_rate)
                for number, i in enumerate(order, 1)
            ],
        }
    ).replace("<", "\\u003c")
    note = f"Page {page}: {len(pairs)} pairs of {', '.join(store.classes)}"
    content = TEMPLATE.read_text(encoding="utf-8")
    content = content.replace("<!--NOTE-->", html.escape(note))
    write_text(path, content.replace("<!--DATA-->", text))
    return page


def real_pairs(model: Synth, store: Store, choice: Choice) -> list[Pair]:
    """Returns each generated sound beside a real one of its class."""
    waves, labels = store.split(choice.side)
    random, pairs = np.random.default_rng(choice.seed), []
    for label, name in enumerate(store.classes):
        rows = random.permutation(np.flatnonzero(labels == label))
        rows = rows[: choice.shown]
        made = generate(model, label, len(rows), choice)
        real = to_float(waves[rows])
        pairs += [
            Pair("real", name, *both) for both in zip(real, made, strict=True)
        ]
    return pairs


def model_pairs(model: Synth, other: Synth, choice: Choice) -> list[Pair]:
    """Returns sounds of one model beside those of another.

    None is among those of ``real_pairs``: who hears a sound again knows that it
    was generated.
    """
    pairs, later = [], choice._replace(seed=choice.seed + choice.shown)
    for label, name in enumerate(model.info.classes):
        made = [
            generate(each, label, choice.shown, later)
            for each in (model, other)
        ]
        pairs += [
            Pair("better", name, *both) for both in zip(*made, strict=True)
        ]
    return pairs


def generate(
    model: Synth, label: int, count: int, choice: Choice
) -> np.ndarray:
    """Returns sounds of a class, [count, T]."""
    z = latents.draw(model.info, choice.seed, count, choice.truncation)
    return model.generate(z, np.full(count, label))


def describe(page: str, number: int, pair: Pair, rate: int) -> dict:
    """Returns what the page holds of a pair."""
    sounds = in_place(
        page, number, *levelled(pair.first, pair.second, sample_rate=rate)
    )
    return {
        "question": pair.question,
        "label": pair.label,
        "sounds": [
            base64.b64encode(wav_bytes(sound, rate)).decode()
            for sound in sounds
        ],
    }
