"""The callbacks of a run: which, with which settings, in which order."""

import dataclasses
import functools

from wavegan_cond.config import ModelConfig


@dataclasses.dataclass(frozen=True)
class Options:
    """What a run does beside its updates; nothing here changes a weight."""

    checkpoint_every: int = 500
    keep: int = 3
    preview_every: int = 500
    preview_sounds: int = 6
    tensorboard: bool = True
    best_by: str = "kad"
    strategy: str = "auto"
    require_gpu: bool = False
    xla: str = "auto"
    deterministic: bool = False


class Watch:
    """What watches a run: some of it all along, some of it stage by stage.

    Args:
      store: whose held-out sounds score the checkpoints, and whose others
        an equalizer is fitted to.
      run_dir: of the run.
      model: shape of the full networks.
      options: see there.
      stop: looked at after each iteration.
      digest: ``config.config_digest``.
      first: iterations done already.
      train: the objective.
    """

    def __init__(
        self, store, run_dir, model, options, stop, digest, first, train
    ):
        from wavegan_cond.training import callbacks, checkpoints

        checkpoints.sweep(run_dir.checkpoints)
        self._store = store
        self._run_dir, self._model, self._options = run_dir, model, options
        self._stop, self._digest = stop, digest
        self._last = train.iterations
        self._log = callbacks.Log(run_dir.log, first)
        self._all_along = [self._log, callbacks.Progress(first, self._last)]
        self._score, self._scores, self._summary = None, None, None
        if options.best_by == "kad":
            self._score = make_score(store, model)
        if self._score:
            columns = ("iteration", options.best_by)
            self._scores = callbacks.Table(run_dir.scores, columns, first)
        if options.tensorboard:
            self._summary = callbacks.SummaryWriter(run_dir.tensorboard)

    def observers(self, gan) -> list:
        """Returns what a stage calls: first what must not be lost."""
        from wavegan_cond.training import callbacks
        from wavegan_cond.training.previews import (
            Previews,
            at_full_rate,
            fit_equalizer,
            preview_function,
        )

        options = self._options
        generate = preview_function(gan, self._model)
        score, fit = None, None
        if self._model.match_eq:
            real = make_spectra(self._store, self._model, gan.stage.length)
            fit = functools.partial(
                fit_equalizer, gan, self._model, generate, real
            )
        if self._score:
            full = at_full_rate(generate, self._model.length)
            measure = functools.partial(self._score, full)
            score = (measure, self._scores)
        saver = callbacks.Saver(
            gan,
            self._run_dir.checkpoints,
            self._log,
            self._stop,
            every=options.checkpoint_every,
            last=gan.stage.last,
            keep=options.keep,
            run=self._digest,
            score=score,
            fit=fit,
        )
        previews = Previews(
            self._run_dir,
            self._model,
            self._model.sample_rate_of(gan.stage.length),
            generate,
            options.preview_every,
            gan.stage.last,
            per_class=options.preview_sounds,
            summary=self._summary,
        )
        summary = [self._summary] if self._summary else []
        return [*self._all_along, saver, *summary, previews]

    def close(self) -> None:
        """Closes every file."""
        for watcher in (*self._all_along, self._scores, self._summary):
            if watcher:
                watcher.close()


def make_score(store, model: ModelConfig):
    """Returns the Score of the store's held-out sounds; None with too few."""
    import numpy as np

    from wavegan_cond.evaluation.score import FEWEST, MOST, Score
    from wavegan_cond.model.critic_input import evenly

    labels = store.labels[store.train :]
    held_out = [
        store.train + np.flatnonzero(labels == label)[:MOST]
        for label in range(len(model.classes))
    ]
    if min(map(len, held_out)) < FEWEST:
        print(
            f"checkpoints are not scored: fewer than {FEWEST} held-out sounds "
            "of a class"
        )
        return None
    seen = evenly(np.arange(store.train), MOST * len(model.classes))
    return Score(
        store.read_rows(seen),
        [store.read_rows(rows) for rows in held_out],
        model.latent_dim,
        model.prior,
    )


def make_spectra(store, model: ModelConfig, length: int):
    """Returns the spectra of training sounds, as ``match_eq.fit`` takes them.

    Args:
      store: an open store.
      model: of the full networks. Without labels, all classes are one.
      length: of the sounds at the rate of a stage.
    """
    import numpy as np

    from wavegan_cond.model import match_eq
    from wavegan_cond.model.resample import downsample
    from wavegan_cond.synthesis.wav import to_float

    def read(rows):
        waves = to_float(store.read_rows(rows))[:, :, np.newaxis]
        return np.asarray(downsample(waves, length))[:, :, 0]

    labels = store.labels[: store.train]
    if model.conditioning == "none":
        return match_eq.real_spectra(read, 0 * labels, 1)
    return match_eq.real_spectra(read, labels, len(model.classes))
