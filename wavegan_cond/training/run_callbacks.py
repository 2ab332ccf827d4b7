"""Callbacks of a training run, in the order in which they are called.

A callback is called as ``callback(iteration, logs)`` after every iteration,
where ``iteration`` is the number of iterations done and ``logs`` maps names of
losses to values. A callback that keeps a file open has ``close()``.
"""

import functools
from collections.abc import Callable

import numpy as np

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.evaluation.real_sounds import RealSounds
from wavegan_cond.evaluation.score import (
    MAX_SOUNDS,
    MIN_SOUNDS,
    Score,
    Scored,
)
from wavegan_cond.model.subsample import subsample_evenly
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.training.equalizer import fit_equalizer, make_spectra
from wavegan_cond.training.log import Log, Table, read_estimates
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.previews import (
    Previews,
    at_full_rate,
    preview_function,
)
from wavegan_cond.training.progress import Progress
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.saving import CheckpointCallback
from wavegan_cond.training.spread_guard import SpreadGuard
from wavegan_cond.training.stop_signal import StopSignal
from wavegan_cond.training.tensorboard import SummaryWriter


class RunCallbacks:
    """Creates the callbacks of a run, some of them anew for each stage.

    Args:
      store: the data set; its validation sounds score the checkpoints, and the
        equalizer is fitted to its training sounds.
      run_dir: the run folder.
      model: model configuration of the full networks.
      options: settings of the callbacks.
      stop: the stop signal.
      digest: digest of the run's configuration, see ``config_digest``.
      first: number of iterations done when the run starts or resumes.
      train: training configuration.
    """

    def __init__(
        self,
        store: RealSounds,
        run_dir: RunDir,
        model: ModelConfig,
        options: RunOptions,
        stop: StopSignal,
        digest: str,
        first: int,
        train: TrainConfig,
    ):
        self._store = store
        self._run_dir, self._model, self._options = run_dir, model, options
        self._stop, self._digest = stop, digest
        self._end = train.iterations
        self._log = Log(run_dir.log, first)
        self._progress = Progress(first, train.iterations)
        self._open = [self._log, self._progress]
        self._score, self._scores, self._summary = None, None, None
        if options.best_by == "score":
            self._score = make_score(store, model)
        if self._score:
            columns = ("iteration", *Scored._fields)
            self._scores = Table(run_dir.scores, columns, first)
            self._open.append(self._scores)
        if options.tensorboard:
            self._summary = SummaryWriter(run_dir.tensorboard, first)
            self._open.append(self._summary)

    def for_stage(
        self, gan: WaveGAN
    ) -> list[Callable[[int, dict[str, float]], None]]:
        """Returns the callbacks of a stage, those that write the log first.

        Before them all it is seen to that the run folder is still there.
        """

        def check_there(iteration, logs):
            self._run_dir.check_there()

        generate = preview_function(gan, self._model)
        made = [check_there]
        before = read_estimates(self._run_dir.log, gan.stage.first)
        guard = SpreadGuard(gan.config, before)
        made += [guard, self._log, self._progress]
        self._progress.begin_stage()
        made.append(self._make_saver(gan, generate))
        if self._summary:
            made.append(self._summary)
        if self._options.preview_every:
            made.append(self._make_previews(gan, generate))
        return made

    def _make_previews(self, gan, generate) -> Previews:
        return Previews(
            self._run_dir,
            self._model,
            gan.stage,
            generate,
            self._options.preview_every,
            self._options.preview_sounds,
            self._summary,
        )

    def _make_saver(self, gan, generate) -> CheckpointCallback:
        """Returns the callback that fits, scores and saves.

        Args:
          gan: the GAN of the stage.
          generate: of ``preview_function``.
        """
        score, fit = None, None
        if self._model.match_eq:
            real = make_spectra(self._store, self._model, gan.stage.length)
            fit = functools.partial(
                fit_equalizer, gan, self._model, generate, real
            )
        if self._score:
            full = at_full_rate(generate, self._model.length)
            score = (functools.partial(self._score, full), self._scores)
        return CheckpointCallback(
            gan,
            self._run_dir,
            self._log,
            self._stop,
            every=self._options.checkpoint_every,
            last=gan.stage.last,
            end=self._end,
            keep=self._options.keep,
            config_digest=self._digest,
            score=score,
            fit=fit,
        )

    def close(self) -> None:
        """Closes every file."""
        for callback in self._open:
            callback.close()


def make_score(store: RealSounds, model: ModelConfig) -> Score | None:
    """Returns the Score of a store's validation sounds; None if too few.

    For a model without labels all sounds count as one class.
    """
    side = store.rows("validation")
    labels = store.labels[side] % model.num_labels
    held_out = [
        side.start
        + subsample_evenly(np.flatnonzero(labels == label), MAX_SOUNDS)
        for label in range(model.num_labels)
    ]
    if min(map(len, held_out)) < MIN_SOUNDS:
        print(
            f"checkpoints are not scored: fewer than {MIN_SOUNDS} held-out "
            "sounds of a class"
        )
        return None
    seen = subsample_evenly(
        np.arange(store.train), MAX_SOUNDS * len(model.classes)
    )
    return Score(
        store.read_rows(seen),
        [store.read_rows(rows) for rows in held_out],
        model,
    )
