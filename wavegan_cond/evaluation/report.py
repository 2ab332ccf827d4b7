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
from wavegan_cond.evaluation.draws import mean_over_draws
from wavegan_cond.evaluation.embedding import Embedding, Heard, hear
from wavegan_cond.evaluation.features import FLOORS, SAMPLE_RATE
from wavegan_cond.evaluation.neighbours import (
    COPY,
    closest_correlation,
    manifold,
    memorisation,
    nearest,
)
from wavegan_cond.evaluation.selection import set_aside, split_by_class
from wavegan_cond.model.subsample import subsample_evenly

NO_DISTANCE = 0.1  # copies of one level are 3e-4 apart, drums 10 or more
SURE = 0.9  # lowest probability of a confident prediction
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
      heard: what is heard of ``train``.
      groups: kit or folder of each training sound; "" for one that is alone.
      held_out_groups: the same of the validation sounds.
    """

    def __init__(
        self,
        train: np.ndarray,
        train_labels: np.ndarray,
        held_out: np.ndarray,
        held_out_labels: np.ndarray,
        classes: Sequence[str],
        classifier: Classifier,
        heard: Heard,
        groups: np.ndarray,
        held_out_groups: np.ndarray,
    ):
        self.classes, self.classifier = tuple(classes), classifier
        learned, aside = set_aside(train_labels, held_out_labels)
        self.perfect = train[aside], train_labels[aside]
        # Sets of one size are compared: of generated, real and perfect sounds.
        sizes = (
            np.bincount(x, minlength=len(classes))
            for x in (train_labels[aside], np.asarray(held_out_labels))
        )
        self.counts = np.minimum(*sizes)
        self.held_out = held_out, np.asarray(held_out_labels)
        self._groups = split_by_class(held_out_groups, held_out_labels, classes)
        self._aside_groups = split_by_class(
            groups[aside], train_labels[aside], classes
        )
        kept = heard.select(learned)
        self._embed = {floor: Embedding.of(kept, floor) for floor in FLOORS}
        points = self._embed["audible"].points(heard)
        # What a generator learned from, and that without what is set aside.
        rows = np.arange(len(train))
        self._rows, self._kept_rows = (
            split_by_class(some, train_labels[some], classes)
            for some in (rows, learned)
        )
        self._train, self._points = train, points
        heard = hear(held_out)
        self._real, self._quiet_real = (
            split_by_class(
                self._embed[floor].points(heard), held_out_labels, classes
            )
            for floor in FLOORS
        )
        self._modes = [Modes(points[rows]) for rows in self._kept_rows]
        self._described = [
            descriptors.descriptors(waves)
            for waves in split_by_class(held_out, held_out_labels, classes)
        ]
        self.accuracy = self._classify(heard, held_out_labels)

    def points(
        self, waveforms: np.ndarray, floor: str = "audible"
    ) -> np.ndarray:
        """Returns the embeddings of sounds, of a key of FLOORS: [N, D]."""
        return self._embed[floor](waveforms)

    def points_and_classes(
        self, waveforms: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns the embeddings of sounds, and their predicted classes."""
        heard = hear(waveforms)
        likely = self.classifier.predict(heard)
        return self._embed["audible"].points(heard), likely.argmax(axis=1)

    def held_out_points(self, label: int) -> np.ndarray:
        """Returns the embeddings of a class's validation sounds: [N, D]."""
        return self._real[label]

    def nearest_training(
        self, label: int, waveforms: np.ndarray, count: int
    ) -> np.ndarray:
        """Returns the nearest training sounds of a class: [N, count, T]."""
        return self._nearest(self._rows[label], self.points(waveforms), count)

    def _nearest(self, rows: np.ndarray, points: np.ndarray, count: int):
        found = nearest(points, self._points[rows], count)
        return self._train[rows[found]]

    def classify(
        self, waveforms: np.ndarray, labels: np.ndarray
    ) -> dict[str, Any]:
        """Returns the fraction of sounds classified as the requested class.

        Returns:
          See ``classifier.accuracy_report``; and under "unsure" the fraction of
          sounds whose class the classifier is not confident of.
        """
        return self._classify(hear(waveforms), labels)

    def _classify(self, heard: Heard, labels: np.ndarray) -> dict[str, Any]:
        likely = self.classifier.predict(heard)
        predicted = likely.argmax(axis=1)
        found = accuracy_report(labels, predicted, len(self.classes))
        unsure = float((likely.max(axis=1) < SURE).mean())
        return {**found, "unsure": unsure}

    def measure(
        self, waveforms: np.ndarray, labels: np.ndarray, aside: bool = False
    ) -> dict[str, Any]:
        """Returns all measures of generated sounds.

        Args:
          waveforms: [N, T], of each class at least ``counts``. Measures that
            depend on the number of sounds are of so many on both sides, the
            mean over ``draws``.
          labels: requested classes, int [N].
          aside: whether they are the training sounds that are set aside, which
            then are none to be compared with.

        Returns:
          "classes": for each class the figures of ``measures`` with the
          interval of the first, and the comb by level; "all": the comb of all
          classes together; "accuracy": see ``classify`` (what is set aside the
          classifier has learned from).
        """
        heard = hear(waveforms)
        embedded = [self._embed[floor].points(heard) for floor in FLOORS]
        parts = [
            split_by_class(part, labels, self.classes)
            for part in (waveforms, *embedded)
        ]
        found = {
            name: self._measure_class(
                label,
                (self._kept_rows if aside else self._rows)[label],
                self._aside_groups[label] if aside else (),
                *(part[label] for part in parts),
            )
            for label, name in enumerate(self.classes)
        }
        return {
            "classes": found,
            "all": {"comb_levels": levels(artifacts.comb_index(waveforms))},
            "accuracy": self._classify(heard, labels),
        }

    def _measure_class(
        self, label: int, rows, groups, made: np.ndarray, points, quiet
    ) -> dict[str, Any]:
        real, train = self._real[label], self._points[rows]
        memory = memorisation(points, real, train)
        candidates = self._nearest(rows, points, CANDIDATES)
        copies = closest_correlation(made, candidates) >= COPY
        each = artifacts.comb_indices(made)
        return {
            "kad": distances.kad(real, points),
            "kad_interval": list(
                distances.kad_interval(
                    real, points, self._groups[label], groups
                )
            ),
            "kad_absolute": distances.kad(self._quiet_real[label], quiet),
            "kid": distances.kid(real, points),
            "fad": distances.fad_unbiased(real, points),
            **self._measure_as_many(label, made, points),
            "memory_ratio": memory.ratio,
            "close_share": memory.close_fraction,
            "copies": float(copies.mean()),
            "comb_95": float(np.quantile(each, 0.95, axis=0).max()),
            **signal_quality.summarise(signal_quality.measure(made)),
            **traits.summarise(traits.traits(made)),
        }

    def _measure_as_many(
        self, label: int, made: np.ndarray, points: np.ndarray
    ) -> dict[str, Any]:
        """Returns what depends on how many sounds there are: of as many."""
        count = self.counts[label]
        # Evenly: the first ones would be those of the first kits.
        chosen = subsample_evenly(np.arange(len(self._real[label])), count)
        real = self._real[label][chosen]
        of_real = {k: of[chosen] for k, of in self._described[label].items()}
        modes = self._modes[label]
        real_modes, modes_made = modes.find(real), modes.find(points)
        # Of each sound once, though it is in many draws.
        of_made = descriptors.descriptors(made)
        power = np.concatenate(list(artifacts.comb_spectra(made)))
        decibels = artifacts.to_decibels(power)
        resembled = grain.resemblance(made)

        def measure(drawn: np.ndarray) -> dict[str, float]:
            few = points[drawn]
            bins = modes.compare(real_modes, modes_made[drawn])
            mean = artifacts.to_decibels(power[drawn].sum(0, np.float64))
            comb = levels(artifacts.comb_of(mean))
            folded = grain.folded(decibels[drawn].mean(0, np.float64))
            return {
                **manifold(real, few)._asdict(),
                "ndb": bins.different,
                "divergence": bins.divergence,
                "variety": self_distance(few),
                **comb,
                "comb": max(comb.values()),  # the worst of few is larger
                "comb_depth": float(np.ptp(folded)),
                "grain": float(grain.repeats_of(resembled[drawn])[1].max()),
                **descriptors.compare(
                    of_real, {k: of[drawn] for k, of in of_made.items()}
                ),
            }

        found = mean_over_draws(measure, len(made), count)
        found["variety"] = over(found["variety"], self_distance(real))
        comb = {name: found.pop(name) for name in map(str, artifacts.LEVELS)}
        return {**found, "comb_levels": comb}


def over(spread: float, real: float) -> float | None:
    """Returns a distance over that of real sounds; None if those are copies.

    As with velocity layers of one recording: then each has one right beside it.
    """
    return spread / real if real > NO_DISTANCE else None


def levels(comb: Mapping[int, float]) -> dict[str, float]:
    """Returns the comb index of each level, with text keys for JSON."""
    return {str(level): float(value) for level, value in comb.items()}


def noise_like(waveforms: np.ndarray) -> np.ndarray:
    """Returns noise with the envelopes of sounds, float32 [N, T].

    The worst case of a report: it decays like a drum but is not one.
    """
    waves = np.asarray(waveforms, np.float32)
    waves = waves / np.maximum(np.abs(waves).max(axis=1, keepdims=True), 1e-12)
    width = SAMPLE_RATE // 200  # 5 ms
    kernel = np.ones(width) / width
    shape = np.stack(
        [np.sqrt(np.convolve(wave**2, kernel, "same")) for wave in waves]
    )
    noise = np.random.default_rng(0).standard_normal(waves.shape) * shape
    peak = np.abs(noise).max(axis=1, keepdims=True)
    return (noise / np.maximum(peak, 1e-12)).astype(np.float32)
