"""Measurement of finished trainings: a small JSON for each."""

import dataclasses
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import numpy as np

from data_prep.store.store import Store
from experiments.claims.results import REAL, read_result, read_run
from experiments.claims.runs import Run
from experiments.claims.variants import PARTS
from experiments.common import cli, run_clock
from experiments.common.json_text import to_text
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.evaluation import artifacts, latent_space, shifts
from wavegan_cond.evaluation.distances import kad
from wavegan_cond.evaluation.references import make_reference
from wavegan_cond.evaluation.report import Reference, levels, noise_like
from wavegan_cond.model.layout import block_factors
from wavegan_cond.model.networks import make_generator
from wavegan_cond.model.subsample import subsample_evenly
from wavegan_cond.saved_models import load_run
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.storage.atomic import make_folder, write_text
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.synth import Synth
from wavegan_cond.synthesis.wav import to_float

SOUNDS = 1000  # classified of each class
MEASURED = 300  # of each class, for all other measures
DEFAULTS = json.loads(  # as a result has them
    to_text(
        {
            "model": dataclasses.asdict(ModelConfig()),
            "train": dataclasses.asdict(TrainConfig()),
        }
    )
)


def check_results(store: Store, runs: Iterable[Run], folder: Path) -> None:
    """Checks that results that are there are of these runs and this data.

    Those of other seeds too: the figures of a variant are of all its seeds.

    Raises:
      UsageError: one is of another protocol.
    """
    path = folder / REAL
    if path.exists():
        _check_same(path, read_result(path), {"data": store.fingerprint})
    for run in {run.variant.name: run for run in runs}.values():
        for path in sorted(folder.glob(f"{run.variant.name}_*.json")):
            found = read_run(path)
            if found["variant"] == run.variant.name:
                expected, seed = settings(run), {"seed": found["seed"]}
                train = {**expected["train"], **seed}
                _check_same(path, found, {**expected, **seed, "train": train})


def _check_same(path: Path, found: Mapping, content: Mapping) -> None:
    """Raises UsageError unless a result that was found has these settings."""
    wanted = _flat(json.loads(to_text(content)))
    # Settings that came later are as if they had been there.
    there = {**_flat(DEFAULTS), **_flat(found)}
    for key, value in wanted.items():
        if there.get(key) != value:
            raise cli.UsageError(
                f"{path} is of another protocol, its {key} is "
                f"{there.get(key)} and not {value}: choose another "
                "--results_dir"
            )


def _flat(content: Mapping) -> dict:
    """Returns settings with those of model and training among the others."""
    flat = {}
    for key, value in content.items():
        inner = value if key in DEFAULTS else {"": value}
        flat |= {f"{key} {name}".strip(): v for name, v in inner.items()}
    return flat


def settings(run: Run) -> dict:
    """Returns the settings of a run."""
    return {
        "variant": run.variant.name,
        "change": run.variant.change,
        "seed": run.seed,
        "sounds": run.variant.sounds,
        "model": dataclasses.asdict(run.model),
        "train": dataclasses.asdict(run.train),
    }


def result_writer(
    store: Store, folder: Path, parts: Collection[str]
) -> Callable[[Run], None]:
    """Writes the result of the real sounds; returns what writes that of a run.

    Args:
      store: with the held-out sounds.
      folder: of the results.
      parts: of ``variants.PARTS``, to measure beside the report.
    """
    make_folder(folder)
    reference = make_reference(store)
    if not (folder / REAL).exists():
        real = {"data": store.fingerprint, **measure_real(reference)}
        write_text(folder / REAL, to_text(real))

    def write(run: Run) -> None:
        text = to_text(measure(run, reference, store, parts))
        write_text(result_path(folder, run), text)

    return write


def result_path(folder: Path, run: Run) -> Path:
    """Returns where the result of a run lies."""
    return folder / f"{run.name}.json"


def measure_real(reference: Reference) -> dict:
    """Returns the figures of a perfect generator, and of mere noise."""
    waves, labels = reference.perfect
    return {
        "perfect": reference.measure(waves, labels, aside=True),
        "noise": reference.measure(noise_like(waves), labels),
        "accuracy": reference.accuracy,
    }


def measure(
    run: Run, reference: Reference, store: Store, parts: Collection[str]
) -> dict:
    """Returns the result of a run: its report and some parts."""
    model = load_model(run.path, "newest")
    info, count = model.info, len(run.model.classes)
    z = latents.draw(info, 0, SOUNDS)
    labels = np.repeat(np.arange(count), SOUNDS)
    waves = model.generate(np.tile(z, (count, 1)), labels)
    few = np.tile(np.arange(SOUNDS) < MEASURED, count)
    report = reference.measure(waves[few], labels[few])
    report["accuracy"] = reference.classify(waves, labels)
    passed = run_clock.seconds(run.path)
    return {
        **settings(run),
        "seconds": round(max(passed.values()), 1),
        "report": report,
        "blocks": len(block_factors(run.model.length)),
        "untrained_comb": untrained_comb(run.model, run.seed),
        **{
            name: measure_part(run, model, reference, store)
            for name, measure_part in MEASURES.items()
            if name in parts
        },
    }


def mixture(run: Run, model: Synth, reference: Reference, store: Store) -> dict:
    """Returns the figures of all classes in the shares they are learned in.

    A model without labels makes no other mixture.
    """
    real, real_labels = store.split("validation")
    shares = np.bincount(store.labels[: store.train])
    size = MEASURED * len(shares)
    labels = np.random.default_rng(0).choice(
        len(shares), size, p=shares / shares.sum()
    )
    z = latents.draw(model.info, SOUNDS, size)
    waves = model.generate(z, labels)
    there = np.bincount(real_labels)
    rows_of = [np.flatnonzero(real_labels == i) for i in range(len(shares))]
    least = (there / shares).min()
    rows = np.concatenate(
        [
            subsample_evenly(mine, int(least * share))
            for mine, share in zip(rows_of, shares, strict=True)
        ]
    )
    return {
        "kad": kad(reference.points(real[rows]), reference.points(waves)),
        "unsure": reference.classify(waves, labels)["unsure"],
        "unsure_real": reference.classify(real[rows], real_labels[rows])[
            "unsure"
        ],
    }


def untrained_comb(model: ModelConfig, seed: int) -> dict[str, float]:
    """Returns the comb index of a generator before its first iteration."""
    generator = make_generator(model, seed)
    z = latents.draw(model, 0, 64)
    labels = np.arange(64) % len(model.classes)
    waves = np.asarray(generator(z, labels))[:, :, 0]
    return levels(artifacts.comb_index(waves))


def paths(run: Run, model: Synth, reference: Reference, store: Store) -> dict:
    """Returns figures of paths between two sounds."""
    return latent_space.measure_paths(model, reference)


def latent(run: Run, model: Synth, reference: Reference, store: Store) -> dict:
    """Returns figures of the latent space."""
    return latent_space.measure_latent(model, reference)


def critic(
    run: Run, model: Synth, reference: Reference, store: Store
) -> dict[str, float]:
    """Returns the critic's response to shifts, mean over classes."""
    scores = load_run.load_critic(run.path)
    waves, labels = store.split("validation")
    found = []
    for label in range(len(store.classes)):
        of_class = to_float(waves[labels == label])

        def score(x, label=label):
            labels, wave = np.full(len(x), label), x[:, :, None]
            return scores(scores.filter(wave, labels), labels)[:, 0]

        found.append(shifts.shift_response(score, of_class))
    return {
        str(shift): float(np.mean([response[shift] for response in found]))
        for shift in found[0]
    }


MEASURES = dict(zip(PARTS, (mixture, paths, latent, critic), strict=True))
