"""The page's requests to a model, which makes one call at a time."""

import dataclasses
import threading
from collections.abc import Iterator

import numpy as np

from data_prep.audio.process_file import Shape, shape_sound
from experiments.kit.keys import drums_of, keys_of
from wavegan_cond.evaluation import sound_map
from wavegan_cond.evaluation.features import FeatureError
from wavegan_cond.synthesis import inversion, latents
from wavegan_cond.synthesis.inversion import Found
from wavegan_cond.synthesis.synth import BATCH, Synth

MAX_SEEDS = 64  # of one request


class StoppedError(Exception):
    """The program ends."""


class Instrument:
    """A model behind locks, and the map of its sounds.

    Args:
      model: the model.
      places: the map that was made with it, see ``sound_map``; None if none
        was: ``make_map`` makes it.
    """

    def __init__(self, model: Synth, places: list[list[float]] | None = None):
        self._model = model
        self._lock = threading.Lock()  # one drag does not wait for another's
        self._search = None  # the one that goes on
        self._stopped = False
        self._places = places

    def info(self) -> dict:
        """Returns the description of the model, for the page.

        It has the names of the labels that sound different, and for each of
        them the keys of General MIDI that its sounds may have.
        """
        fields = dataclasses.asdict(self._model.info)
        fields["kinds"] = self._model.info.kinds
        codes = drums_of(self._model.info.kinds)
        fields["keys"] = [keys_of(codes[name]) for name in codes]
        return fields

    def draw(self, seed: int, count: int) -> list[list[float]]:
        """Returns the z of seeds from ``seed`` on, as generate draws them."""
        return latents.draw(self._model.info, seed, count).tolist()

    def sounds(self, z: np.ndarray, class_weights: np.ndarray) -> np.ndarray:
        """Returns float32 [N, T] of z [N, Z] and weights [N, classes].

        Raises:
          ModelError: the model cannot make them.
        """
        batch = 1 if len(z) == 1 else BATCH
        with self._lock:
            return self._model.mix(z, class_weights, batch)

    def warm_up(self) -> None:
        """Makes a sound, so that the first one asked for is there at once."""
        info = self._model.info
        weights = np.eye(len(info.classes), dtype=np.float32)[:1]
        for count in (1, 2):
            z = np.zeros((count, info.latent_dim), np.float32)
            self.sounds(z, np.repeat(weights, count, axis=0))

    def map(self) -> list[dict] | None:
        """Returns {x, y, label, z} of sounds; None while they are placed.

        Of a model whose sounds are all alike there are none.
        """
        if self._places is None:
            return None
        z, label = sound_map.mapped_sounds(self._model.info, len(self._places))
        return [
            {"x": x, "y": y, "label": kind, "z": row}
            for (x, y), kind, row in zip(
                self._places, label.tolist(), z.tolist(), strict=True
            )
        ]

    def stop(self) -> None:
        """Has a search and the map end after the piece they are at."""
        self._stopped = True

    def make_map(self) -> None:
        """Makes the map, in pieces between which others have their turn."""
        info = self._model.info
        each = np.eye(len(info.classes), dtype=np.float32)

        def sounds(z: np.ndarray, label: np.ndarray) -> np.ndarray:
            if self._stopped:
                raise StoppedError
            return self.sounds(z, each[label])

        try:
            self._places = sound_map.make(info, sounds)
        except FeatureError:
            self._places = []
        except StoppedError:
            return

    def find(self, target: np.ndarray) -> Iterator[Found]:
        """Yields the nearest sound so far, see ``inversion.search``.

        A search ends, without its answer, when a later one begins: nobody
        waits for what a page that was left had begun.

        Args:
          target: float32 [n] at the model's rate, of any length; it is cut,
            faded and brought to a peak of 1 as the training sounds are.

        Raises:
          InversionError: the target is silent or not finite.
        """
        length = self._model.info.length
        with np.errstate(invalid="ignore"):  # which ``fit`` tells
            target = shape_sound(target, Shape(length))
        target = inversion.fit(target, length)
        self._search = search = inversion.search(self._model, target)
        return self._steps(search)

    def _steps(self, search: Iterator[Found]) -> Iterator[Found]:
        for found in search:
            yield found
            if self._stopped or self._search is not search:
                return
