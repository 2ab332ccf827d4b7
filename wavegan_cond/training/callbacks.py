"""Training callbacks: progress bar, CSV log, checkpoints, TensorBoard.

A callback is called as ``callback(iteration, logs)`` after every iteration,
where ``iteration`` is the number of iterations done and ``logs`` maps names of
losses to values. A callback that keeps a file open has ``close()``.
"""

import contextlib
import csv
import os
import pathlib
import struct
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.audio import metadata as audio
from tensorboard.plugins.image import metadata as image

from wavegan_cond.evaluation.score import Scored
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.storage.atomic import write_text, writing
from wavegan_cond.synthesis.wav import wav_bytes
from wavegan_cond.training import checkpoints
from wavegan_cond.training.rows import kept_rows, read_numbers
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.spread_guard import FACTOR
from wavegan_cond.training.stop_signal import StopSignal

SHEET = "waveforms and mel spectrograms"  # title of a preview in TensorBoard
COLUMNS = (
    "iteration",
    "seconds",
    "wasserstein",
    "penalty",
    "critic_loss",
    "generator_loss",
    "spread",
)


class Table:
    """CSV file of a run, flushed line by line.

    Args:
      path: path of the file.
      columns: names of the columns; the first is the iteration.
      first: number of iterations done when the run starts or resumes. Lines of
        later iterations, whose checkpoint was lost, are removed, so that no
        iteration is missing or listed twice. A file that another program has
        saved again keeps its rows.

    Raises:
      WriteError: the file cannot be written.
    """

    def __init__(self, path: pathlib.Path, columns: Sequence[str], first: int):
        self.path = path
        with writing(path):
            kept = kept_rows(path, columns, first)
        lines = [",".join(row) for row in [columns, *kept]]
        write_text(path, "\n".join(lines) + "\n")
        self._file = open(path, "a", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")

    def add(self, iteration: int, *values: str) -> None:
        """Adds a line."""
        with writing(self.path):
            self._writer.writerow([iteration, *values])
            self._file.flush()

    def sync(self) -> None:
        """Waits until every line has reached the disk."""
        with writing(self.path):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Closes the file."""
        with contextlib.suppress(OSError):  # reported when a line was added
            self._file.close()


class Log:
    """Callback that writes ``log.csv``, one line per iteration."""

    def __init__(self, path: pathlib.Path, first: int):
        self._table = Table(path, COLUMNS, first)
        self._last = time.monotonic()
        self.sync, self.close = self._table.sync, self._table.close

    def __call__(self, iteration: int, logs: Mapping[str, float]) -> None:
        now = time.monotonic()
        seconds, self._last = now - self._last, now
        values = [f"{logs[name]:.9g}" for name in COLUMNS[2:]]
        self._table.add(iteration, f"{seconds:.6f}", *values)


def read_estimates(log: pathlib.Path, after: int) -> list[float]:
    """Returns the Wasserstein estimates of the iterations after ``after``.

    None of a log that another program has removed or saved in its own way.
    """
    try:
        found = read_numbers(log, "iteration", "wasserstein")
    except (OSError, ValueError, LookupError, TypeError):
        return []
    return [estimate for iteration, estimate in found if iteration > after]


class Progress:
    """Progress bar with speed, time left, Wasserstein estimate and penalty.

    The first iteration of a stage compiles: until it is done the bar says so,
    and speed and time left are of the iterations behind it. A spread that
    ``SpreadGuard`` warns of stands there as well.
    """

    def __init__(self, first: int, total: int):
        self._total, self._done = total, first
        self._compiling, self._bar = False, None

    def begin_stage(self) -> None:
        """Says that the next iteration compiles."""
        self._restart()
        self._compiling = True
        self._bar.set_postfix_str("the first iteration compiles")

    def __call__(self, iteration: int, logs: Mapping[str, float]) -> None:
        shown = {
            "W": f"{logs['wasserstein']:.3g}",
            "gp": f"{logs['penalty']:.2g}",
        }
        if logs["spread"] >= FACTOR:
            shown["unstable"] = f"x{logs['spread']:.0f}"
        self._done = iteration
        if self._compiling or self._bar is None:
            self._restart()
            self._compiling = False
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update(iteration - self._bar.n)

    def _restart(self) -> None:
        """Puts a bar with a new clock in the place of the one there is."""
        from tqdm import tqdm

        if self._bar is not None:
            self._bar.leave = False
            self._bar.close()
        self._bar = tqdm(
            initial=self._done,
            total=self._total,
            unit="it",
            dynamic_ncols=True,
            mininterval=0.5,
            smoothing=0.1,
        )

    def close(self) -> None:
        """Leaves the bar as it is."""
        if self._bar is not None:
            self._bar.close()


class SummaryWriter:
    """TensorBoard callback: scalars of each iteration, and previews.

    Args:
      folder: folder of the event files.
      first: number of iterations done when the run starts or resumes. Of later
        ones, whose checkpoint was lost, TensorBoard shows nothing any more.

    Raises:
      WriteError: nothing can be written there.
    """

    def __init__(self, folder: os.PathLike, first: int):
        import tensorflow as tf

        self._tf, self._folder = tf, folder
        begins = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        event = event_pb2.Event(
            wall_time=time.time(), step=first + 1, session_log=begins
        )
        with writing(folder):
            self._writer = tf.summary.create_file_writer(str(folder))
            tf.raw_ops.ImportEvent(
                writer=self._writer._resource, event=event.SerializeToString()
            )

    def __call__(self, iteration: int, logs: Mapping[str, float]) -> None:
        # On a GPU each number would go there and come back.
        device = self._tf.device("CPU:0")
        with writing(self._folder), device, self._at(iteration):
            for name, value in logs.items():
                self._tf.summary.scalar(name, np.array(value, np.float32))

    def _at(self, iteration: int):
        # TensorFlow keeps every Python number it has met as a tensor; an
        # array's element it does not keep.
        step = self._tf.convert_to_tensor(np.array([iteration]))[0]
        return self._writer.as_default(step=step)

    def write_preview(
        self,
        iteration: int,
        waves: np.ndarray,
        titles: Sequence[str],
        sheet: str | os.PathLike,
        sample_rate: int,
    ) -> None:
        """Writes the sounds and the contact sheet of a preview.

        Args:
          iteration: number of iterations done.
          waves: the sounds, float [N, T].
          titles: name of each sound.
          sheet: path of the contact sheet, a PNG file.
          sample_rate: sample rate of the sounds in Hz.
        """
        # tf.summary.audio and image make strings of strings, of which oneDNN
        # prints an error on CPUs without AVX-512: write takes them as they are.
        picture = pathlib.Path(sheet).read_bytes()
        width, height = struct.unpack(">II", picture[16:24])  # of its header
        values = str(width).encode(), str(height).encode(), picture
        write, wav = self._tf.summary.write, audio.Encoding.Value("WAV")
        with writing(self._folder), self._at(iteration):
            for title, wave in zip(titles, waves, strict=True):
                sound = wav_bytes(np.clip(wave, -1, 1), sample_rate)
                metadata = audio.create_summary_metadata(None, None, wav)
                write(
                    title, np.array([[sound, b""]], object), metadata=metadata
                )
            metadata = image.create_summary_metadata(None, None)
            write(SHEET, np.array(values, object), metadata=metadata)
            self._writer.flush()

    def close(self) -> None:
        """Writes buffered data and closes the file."""
        with writing(self._folder):
            self._writer.close()


class CheckpointCallback:
    """Callback that saves checkpoints regularly, at the end and on a signal.

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
        ``config.config_digest``.
      score: a function that returns a ``score.Scored``, and the table to which
        it is written; None disables scoring.
      fit: function called before each checkpoint, to fit the equalizer to the
        current weights; None for a model without one.

    What a signal has saved before the end of the run is waited for: it is not
    scored, and saved once before the equalizer is fitted.
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
        self._since = gan.stage.first if gan.stage else 0
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
