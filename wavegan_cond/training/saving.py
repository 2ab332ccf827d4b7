"""When a run is saved, and what is measured and fitted before."""

from collections.abc import Callable

from wavegan_cond.evaluation.score import Scored
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.training import checkpoints
from wavegan_cond.training.log import Log, Table
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.stop_signal import StopSignal


class CheckpointCallback:
    """Callback that saves checkpoints regularly, at the end and on a signal.

    When a signal stops a run somebody is waiting: that checkpoint is not
    scored, and where an equalizer is still to be fitted it is saved before that
    too.

    Args:
      gan: the networks and optimizers to save.
      run_dir: the run folder. ``saved.txt`` in it says which checkpoint was
        saved last: a run whose checkpoints are gone is told from a new one by
        it.
      log: the CSV log, which is synced before each checkpoint.
      stop: the stop signal; a checkpoint is saved when it has come.
      every: number of iterations between checkpoints.
      last: last iteration of the stage, at which a checkpoint is saved too.
      end: last iteration of the run.
      keep: number of latest checkpoints to keep; the best is kept too.
      config_digest: digest of the run's configuration, see
        ``config_digest``.
      score: a function that returns a ``score.Scored``, and the table to which
        it is written; None disables scoring.
      fit: function called before each checkpoint, to fit the equalizer to the
        current weights; None for a model without one.
    """

    def __init__(
        self,
        gan: WaveGAN,
        run_dir: RunDir,
        log: Log,
        stop: StopSignal,
        *,
        every: int,
        last: int,
        end: int,
        keep: int = 3,
        config_digest: str = "",
        score: tuple[Callable[[], Scored], Table] | None = None,
        fit: Callable[[], None] | None = None,
    ):
        self._variables = checkpoints.gan_variables(gan)
        self._since = gan.stage.first
        self._run_dir, self._log, self._stop = run_dir, log, stop
        self._every, self._keep = every, keep
        self._last, self._end = last, end
        self._config_digest = config_digest
        self._score, self._fit = score, fit

    def __call__(self, iteration: int, logs: dict[str, float]) -> None:
        due = iteration == self._last or iteration % self._every == 0
        if not due and not self._stop.agreed:
            return
        hurried = self._stop.urgent and iteration != self._end
        if self._fit:
            if hurried:
                self._save(iteration)
            self._fit()
        score = None
        if self._score and not hurried:
            measure, table = self._score
            found = measure()
            table.add(iteration, *(f"{value:.6g}" for value in found))
            table.sync()
            logs |= found._asdict()  # told to the callbacks behind this one
            score = found.score
        self._save(iteration, score)

    def _save(self, iteration: int, score: float | None = None) -> None:
        self._log.sync()
        checkpoints.save(
            self._run_dir.checkpoints,
            self._variables,
            iteration,
            self._keep,
            self._config_digest,
            score,
            self._since,
        )
        # Behind the commit: until then the run is a new one.
        write_text(self._run_dir.saved, f"{iteration}\n")
