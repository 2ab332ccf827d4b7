"""TensorBoard files of a run."""

import os
import pathlib
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.audio import metadata as audio
from tensorboard.plugins.image import metadata as image

from wavegan_cond.storage.atomic import writing
from wavegan_cond.synthesis.wav import wav_bytes

SHEET = "waveforms and mel spectrograms"  # title of a preview in TensorBoard


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
        with writing(folder):
            self._writer = tf.summary.create_file_writer(str(folder))
        self._write(step=first + 1, session_log=begins)

    def __call__(self, iteration: int, logs: Mapping[str, float]) -> None:
        # All in one: tf.summary.scalar takes fifty times as long, a good part
        # of a fast GPU's iteration, and has each number go there and come back.
        values = [
            summary_pb2.Summary.Value(tag=name, simple_value=value)
            for name, value in logs.items()
        ]
        self._write(step=iteration, summary=summary_pb2.Summary(value=values))

    def _write(self, **content: Any) -> None:
        event = event_pb2.Event(wall_time=time.time(), **content)
        with writing(self._folder):
            self._tf.raw_ops.ImportEvent(
                writer=self._writer._resource, event=event.SerializeToString()
            )

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
