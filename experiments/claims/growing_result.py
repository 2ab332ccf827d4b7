"""What direct and grown trainings came to: the content of growing.json."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_prep.store.store import Store
from experiments.claims.growing_pair import KINDS, Pair
from experiments.common import cli, run_clock, run_rows
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import make_schedule

if TYPE_CHECKING:
    from wavegan_cond.evaluation.classifier import Classifier

SOUNDS = 100  # a class, that the classifier hears of a checkpoint
COHERENT = 0.9  # fraction of sounds classified as requested


def measure(
    pairs: Sequence[Pair], planned: Mapping[str, Any], store: Store
) -> dict[str, Any]:
    """Returns the plan, the seconds of iterations, and figures of every run.

    Args:
      pairs: finished, at least one.
      planned: what all of them follow.
      store: they were trained on; a classifier hears them that learned from it.
    """
    from wavegan_cond.evaluation.references import measure_accuracy, train_on

    classifier = train_on(store, 0, 12, 3000)
    waves, labels = store.split("validation")
    result = {
        "plan": planned,
        "seconds of an iteration": stage_seconds(pairs, planned),
        "classifier on real sounds": measure_accuracy(
            classifier, waves, labels
        ),
        "runs": {},
    }
    for kind in KINDS:
        for pair in pairs:
            points = curve(pair.path(kind))
            comb = listen(pair.path(kind), points, classifier)
            result["runs"][pair.name(kind)] = {
                **summarise(points),
                "comb dB": comb,
                "points": points,
            }
    return result


def curve(run: Path) -> list[dict[str, float]]:
    """Returns iteration, seconds since the start and KAD of each checkpoint.

    Raises:
      UsageError: log.csv or scores.csv is not as the training wrote it.
    """
    seconds = run_clock.seconds(run)
    scores = run_rows.read(run / "scores.csv", "iteration", "kad")
    if not {iteration for iteration, _ in scores} <= seconds.keys():
        raise cli.UsageError(f"{run}: its log.csv lacks scored iterations")
    return [
        {
            "iteration": int(iteration),
            "seconds": round(seconds[int(iteration)], 1),
            "kad": kad,
        }
        for iteration, kad in scores
    ]


def listen(
    run: Path, points: list[dict[str, float]], classifier: "Classifier"
) -> dict[str, float]:
    """Adds to each point the accuracy of its sounds.

    Returns:
      The comb index of the last checkpoint's sounds.
    """
    from wavegan_cond.evaluation.artifacts import comb_index
    from wavegan_cond.evaluation.measure_model import generate_all
    from wavegan_cond.evaluation.references import measure_accuracy
    from wavegan_cond.saved_models.load import load_model

    for point in points:
        iteration = str(point["iteration"])
        model = load_model(run, checkpoint=iteration, full_rate=True)
        waves, labels = generate_all(model, SOUNDS, 0)
        point["accuracy"] = measure_accuracy(classifier, waves, labels)[
            "accuracy"
        ]
    return {str(k): v for k, v in comb_index(waves).items()}


def stage_seconds(
    pairs: Sequence[Pair], planned: Mapping[str, Any]
) -> dict[str, float]:
    """Returns the seconds of an iteration: of each stage, and when direct.

    As they were while both trained, a mean over the seeds.
    """
    schedule = make_schedule(ModelConfig(), TrainConfig(**planned["grown"]))
    found = {}
    for stage in schedule:
        found[str(stage.length)] = [
            run_clock.iteration_seconds(
                pair.path("grown"), stage.first, stage.last
            )
            for pair in pairs
        ]
    found["direct"] = [
        run_clock.iteration_seconds(pair.path("direct")) for pair in pairs
    ]
    return {name: round(statistics.mean(x), 3) for name, x in found.items()}


def summarise(points: Sequence[Mapping[str, float]]) -> dict[str, float | None]:
    """Returns when a run was coherent, and how it ended."""
    coherent = [p["seconds"] for p in points if p["accuracy"] >= COHERENT]
    return {
        "coherent after seconds": coherent[0] if coherent else None,
        "last kad": points[-1]["kad"],
        "best kad": min(point["kad"] for point in points),
        "last accuracy": points[-1]["accuracy"],
        "seconds": points[-1]["seconds"],
    }
