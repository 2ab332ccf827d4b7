"""What happens beside the updates: progress, log, previews, TensorBoard.

A callback is called as ``callback(iteration, logs)`` after every iteration,
``iteration`` counting the finished ones. One that holds a file has ``close()``.
"""

import contextlib
import csv
import os
import pathlib
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from wavegan_cond.config import ModelConfig
from wavegan_cond.plotting import panels
from wavegan_cond.storage.atomic import write_text, writing
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.wav import safe_name, write_wav
from wavegan_cond.training.checkpoints import NonFiniteError
from wavegan_cond.training.run_dir import RunDir

COLUMNS = (
    "iteration",
    "seconds",
    "wasserstein",
    "penalty",
    "critic_loss",
    "generator_loss",
)
# No loss of a training that still learns came near: those seen were below 1e4.
LIMIT = 1e9


def stop_on_divergence(iteration: int, logs: Mapping[str, float]) -> None:
    """Raises NonFiniteError when a loss is not finite, or beyond LIMIT."""
    bad = {name: v for name, v in logs.items() if not abs(v) <= LIMIT}
    if bad:
        raise NonFiniteError(
            f"training diverged at iteration {iteration}: "
            + ", ".join(f"{name} is {value:g}" for name, value in bad.items())
            + "; the last good checkpoint is kept. A smaller --learning_rate "
            "or --precision=float32 may help"
        )


class Table:
    """A CSV file of a run, flushed line by line.

    Args:
      path: of the file.
      columns: the first is the iteration.
      first: iterations done already; later lines, of work that was lost, are
        removed, so that the table has neither a gap nor a repetition.

    Raises:
      WriteError: it cannot be written.
    """

    def __init__(self, path: pathlib.Path, columns: Sequence[str], first: int):
        self.path, kept = path, [",".join(columns)]
        if first and path.exists():
            lines = path.read_text().splitlines()[1:]
            whole = [x for x in lines if x.count(",") == len(columns) - 1]
            kept += [x for x in whole if int(x.split(",")[0]) <= first]
        write_text(path, "\n".join(kept) + "\n")
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
        with contextlib.suppress(OSError):  # said when the line was added
            self._file.close()


class Log:
    """log.csv: one line an iteration."""

    def __init__(self, path: pathlib.Path, first: int):
        self._table = Table(path, COLUMNS, first)
        self._last = time.monotonic()
        self.sync, self.close = self._table.sync, self._table.close

    def __call__(self, iteration: int, logs: Mapping[str, float]) -> None:
        now = time.monotonic()
        seconds, self._last = now - self._last, now
        values = [f"{logs[name]:.9g}" for name in COLUMNS[2:]]
        self._table.add(iteration, f"{seconds:.3f}", *values)


class Progress:
    """A bar with rate, time left, Wasserstein estimate and penalty."""

    def __init__(self, first: int, total: int):
        from tqdm import tqdm

        self._bar = tqdm(
            initial=first,
            total=total,
            unit="it",
            dynamic_ncols=True,
            mininterval=0.5,
            smoothing=0.1,
        )

    def __call__(self, iteration: int, logs: Mapping[str, float]) -> None:
        self._bar.set_postfix(
            W=f"{logs['wasserstein']:.3g}",
            gp=f"{logs['penalty']:.2g}",
            refresh=False,
        )
        self._bar.update(iteration - self._bar.n)

    def close(self) -> None:
        """Leaves the bar as it is."""
        self._bar.close()


class Previews:
    """Sounds from fixed z of every class, as WAVs and one contact sheet.

    Args:
      run_dir: where to.
      model: classes and latent space.
      sample_rate: of the sounds, in Hz.
      generate: z [N, Z], label [N] -> waves [N, T] of the weights as they are.
      every: iterations between previews.
      last: a preview is made at this iteration too.
      seed: of the fixed z.
      per_class: sounds a class.
      summary: a SummaryWriter that receives them as well, or None.
    """

    def __init__(
        self,
        run_dir: RunDir,
        model: ModelConfig,
        sample_rate: int,
        generate: Callable[[np.ndarray, np.ndarray], np.ndarray],
        every: int,
        last: int,
        seed: int = 0,
        per_class: int = 6,
        summary: "SummaryWriter | None" = None,
    ):
        self._run_dir, self._model, self._generate = run_dir, model, generate
        self._sample_rate = sample_rate
        self._every, self._last = every, last
        self._per_class, self._summary = per_class, summary
        z = latents.draw(seed, per_class, model.latent_dim, model.prior)
        self._z = np.tile(z, (len(model.classes), 1))
        classes = np.arange(len(model.classes), dtype=np.int32)
        self._label = np.repeat(classes, per_class)

    def __call__(self, iteration: int, logs: Mapping[str, float]) -> None:
        if iteration % self._every and iteration != self._last:
            return
        waves = self._generate(self._z, self._label)
        folder = self._run_dir.previews / f"iteration_{iteration:08d}"
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        rate, columns = self._sample_rate, self._per_class
        names = [self._model.classes[label] for label in self._label]
        titles = [f"{n} {i % columns}" for i, n in enumerate(names)]
        for title, wave in zip(titles, waves, strict=True):
            name = safe_name(title).replace(" ", "_")
            write_wav(folder / f"{name}.wav", wave, rate)
        heading = f"iteration {iteration}"
        sheet = folder / "sheet.png"
        panels.contact_sheet(sheet, waves, titles, rate, columns, heading)
        panels.loss_curve(self._run_dir.loss_picture, self._run_dir.log)
        if self._summary:
            self._summary.sounds(iteration, waves, titles, sheet, rate)


class SummaryWriter:
    """TensorBoard: scalars every iteration; sounds and pictures of previews."""

    def __init__(self, folder: os.PathLike):
        import tensorflow as tf

        self._tf, self._folder = tf, folder
        with writing(folder):
            self._writer = tf.summary.create_file_writer(str(folder))

    def __call__(self, iteration: int, logs: Mapping[str, float]) -> None:
        with writing(self._folder), self._at(iteration):
            for name, value in logs.items():
                self._tf.summary.scalar(name, np.array(value, np.float32))

    def _at(self, iteration: int):
        # TensorFlow keeps every Python number it has met as a tensor; an
        # array's element it does not keep.
        step = self._tf.convert_to_tensor(np.array([iteration]))[0]
        return self._writer.as_default(step=step)

    def sounds(self, iteration, waves, titles, sheet, sample_rate) -> None:
        """Writes a preview: every sound, and the contact sheet."""
        tf = self._tf
        image = tf.io.decode_png(tf.io.read_file(str(sheet)), channels=3)
        with writing(self._folder), self._at(iteration):
            for title, wave in zip(titles, waves, strict=True):
                clip = np.clip(wave, -1, 1)[None, :, None]  # [1, T, 1]
                tf.summary.audio(title, clip, sample_rate)
            tf.summary.image("waveforms and mel spectrograms", image[None])
            self._writer.flush()

    def close(self) -> None:
        """Writes what is still held."""
        with writing(self._folder):
            self._writer.close()
