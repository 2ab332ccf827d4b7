"""Evaluation report: all measures of generated against real sounds."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wavegan_cond.evaluation import (
    artifacts,
    descriptors,
    distances,
    grain,
    signal_quality,
    traits,
)
from wavegan_cond.evaluation.classifier import Classifier, accuracy_report
from wavegan_cond.evaluation.distances import Modes, self_distance
from wavegan_cond.evaluation.features import FLOORS, SAMPLE_RATE, Embedding
from wavegan_cond.evaluation.neighbours import (
    closest_correlation,
    manifold,
    memorisation,
    nearest,
)

RELIABLE = 0.95  # lowest accuracy on real sounds of a reliable classifier
SURE = 0.9  # lowest probability of a confident prediction
COPY = 0.95  # lowest correlation of a copy
CANDIDATES = 3  # nearest training sounds that a sound may be a copy of


class Reference:
    """Real sounds with which generated ones are compared.

    Some training sounds are set aside. They play the role of a perfect
    generator, and are not among those that a generator could have copied.

    Args:
      train: training sounds [N, T].
      train_labels: their labels, int [N].
      held_out: validation sounds [M, T].
      held_out_labels: their labels, int [M].
      classes: names of the classes.
      classifier: classifier trained on ``train``.
      seed: seed of the selection of sounds that are set aside.
    """

    def __init__(
        self,
        train: np.ndarray,
        train_labels: np.ndarray,
        held_out: np.ndarray,
        held_out_labels: np.ndarray,
        classes: Sequence[str],
        classifier: Classifier,
        seed: int = 0,
    ):
        self.classes, self.classifier = tuple(classes), classifier
        self._held_out = split_by_class(held_out, held_out_labels, classes)
        learned, aside = set_aside(train_labels, held_out_labels, seed)
        self.perfect = train[aside], train_labels[aside]
        train, train_labels = train[learned], train_labels[learned]
        self._train = split_by_class(train, train_labels, classes)
        self._embed = {floor: Embedding(train, floor) for floor in FLOORS}
        self._learned_from = [self.points(waves) for waves in self._train]
        self._real = [self.points(waves) for waves in self._held_out]
        self._modes = [Modes(points) for points in self._learned_from]
        self.accuracy = self.classify(held_out, held_out_labels)

    def points(
        self, waveforms: np.ndarray, floor: str = "audible"
    ) -> np.ndarray:
        """Returns the embeddings of sounds: [N, D]."""
        return self._embed[floor](waveforms)

    def held_out_points(self, label: int) -> np.ndarray:
        """Returns the embeddings of a class's validation sounds: [N, D]."""
        return self._real[label]

    def nearest_training(self, label: int, waveforms, count: int):
        """Returns the nearest training sounds of a class: [N, count, T]."""
        found = nearest(
            self.points(waveforms), self._learned_from[label], count
        )
        return self._train[label][found]

    def classify(
        self, waveforms: np.ndarray, labels: np.ndarray
    ) -> dict[str, Any]:
        """Returns the fraction of sounds classified as the requested class.

        Returns:
          See ``classifier.accuracy_report``; and under "unsure" the fraction of
          sounds whose class the classifier is not confident of.
        """
        likely = self.classifier.predict(waveforms)
        predicted = likely.argmax(axis=1)
        found = accuracy_report(labels, predicted, len(self.classes))
        unsure = float((likely.max(axis=1) < SURE).mean())
        return {**found, "unsure": unsure}

    def measure(
        self, waveforms: np.ndarray, labels: np.ndarray
    ) -> dict[str, Any]:
        """Returns all measures of generated sounds.

        Args:
          waveforms: [N, T], of each class at least as many as there are
            validation sounds. Measures that depend on the number of sounds use
            as many as those, the first ones.
          labels: requested classes, int [N].

        Returns:
          "classes": for each class the figures of ``measures`` with the
          interval of the first, and the comb by level; "all": distance and
          comb of all classes together; "accuracy": see ``classify``.
        """
        made = split_by_class(waveforms, labels, self.classes)
        found = {
            name: self._measure_class(label, made[label])
            for label, name in enumerate(self.classes)
        }
        equal = [
            waves[: len(real)]
            for waves, real in zip(made, self._held_out, strict=True)
        ]
        together = np.concatenate(equal)
        real = np.concatenate(self._real)
        return {
            "classes": found,
            "all": {
                "kad": distances.kad(real, self.points(together)),
                "comb_levels": levels(artifacts.comb_index(waveforms)),
            },
            "accuracy": self.classify(waveforms, labels),
        }

    def _measure_class(self, label: int, made: np.ndarray) -> dict[str, Any]:
        held_out = self._held_out[label]
        real, points = self._real[label], self.points(made)
        quiet_real, quiet = (
            self.points(waves, "absolute") for waves in (held_out, made)
        )
        few, train = points[: len(real)], self._learned_from[label]
        bins = self._modes[label].compare(real, few)
        memory = memorisation(points, real, train)
        candidates = self.nearest_training(label, made, CANDIDATES)
        comb = artifacts.comb_index(made)
        each = artifacts.comb_indices(made)
        return {
            "kad": distances.kad(real, points),
            "kad_interval": list(distances.kad_interval(real, points)),
            "kad_absolute": distances.kad(quiet_real, quiet),
            "kid": distances.kid(real, points),
            "fad": distances.fad_unbiased(real, points),
            **manifold(real, few)._asdict(),
            "ndb": bins.different,
            "divergence": bins.divergence,
            "variety": self_distance(few) / self_distance(real),
            "memory_ratio": memory.ratio,
            "close_share": memory.close_fraction,
            "copies": fraction_of_copies(made, candidates),
            "comb": max(comb.values()),
            "comb_95": float(np.quantile(each, 0.95, axis=0).max()),
            "comb_levels": levels(comb),
            "comb_depth": grain.comb_depth(made),
            "grain": grain.grain(made[: len(real)]),
            **signal_figures(made),
            **trait_figures(made),
            **descriptors.compare(
                descriptors.descriptors(held_out),
                descriptors.descriptors(made),
            ),
        }


def split_by_class(
    waveforms: np.ndarray, labels: np.ndarray, classes: Sequence[str]
) -> list[np.ndarray]:
    """Returns the sounds of each class."""
    labels = np.asarray(labels)
    return [waveforms[labels == label] for label in range(len(classes))]


def set_aside(
    labels: np.ndarray, held_out_labels: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows that are kept, and those that are set aside.

    Of each class as many sounds are set aside as there are validation sounds,
    but at most a quarter of the class.
    """
    random, aside = np.random.default_rng(seed), []
    for label, count in zip(
        *np.unique(held_out_labels, return_counts=True), strict=True
    ):
        rows = np.flatnonzero(np.asarray(labels) == label)
        aside.append(random.permutation(rows)[: min(count, len(rows) // 4)])
    aside = np.sort(np.concatenate(aside))
    return np.setdiff1d(np.arange(len(labels)), aside), aside


def fraction_of_copies(waveforms: np.ndarray, candidates: np.ndarray) -> float:
    """Returns the fraction of sounds that are copies of a training sound."""
    return float((closest_correlation(waveforms, candidates) >= COPY).mean())


def signal_figures(waveforms: np.ndarray) -> dict[str, float]:
    """Returns the figures of ``signal_quality`` that a report shows."""
    found = signal_quality.summarise(signal_quality.measure(waveforms))
    shown = {
        "first": "first_95",
        "last": "last_95",
        "offset": "dc_95",
        "clipped": "clipped_95",
        "one_hit": "onsets_one",
        "noise_floor": "noise_floor_db_median",
    }
    return {name: found[key] for name, key in shown.items()}


def trait_figures(waveforms: np.ndarray) -> dict[str, float]:
    """Returns the medians and fractions of ``traits`` in a report."""
    found = traits.traits(waveforms)
    return {
        "fall": float(np.median(found["fall"])),
        "partials": float(np.median(found["partials"])),
        "swells": float(found["swells"].mean()),
        "begins_cut": float(found["begins_cut"].mean()),
    }


def levels(comb: Mapping[int, float]) -> dict[str, float]:
    """Returns the comb index of each level, with text keys for JSON."""
    return {str(level): float(value) for level, value in comb.items()}


def noise_like(
    waveforms: np.ndarray, seed: int = 0, rate: int = SAMPLE_RATE
) -> np.ndarray:
    """Returns noise with the envelopes of sounds, float32 [N, T].

    The worst case of a report: it decays like a drum but is not one.
    """
    waves = np.asarray(waveforms, np.float32)
    waves = waves / np.maximum(np.abs(waves).max(axis=1, keepdims=True), 1e-12)
    width = rate // 200  # 5 ms
    kernel = np.ones(width) / width
    shape = np.stack(
        [np.sqrt(np.convolve(wave**2, kernel, "same")) for wave in waves]
    )
    noise = np.random.default_rng(seed).standard_normal(waves.shape) * shape
    peak = np.abs(noise).max(axis=1, keepdims=True)
    return (noise / np.maximum(peak, 1e-12)).astype(np.float32)
