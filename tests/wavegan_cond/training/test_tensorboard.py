"""What TensorBoard shows of a run."""

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorboard.backend.event_processing import (
    event_accumulator,
    plugin_event_accumulator,
)

from wavegan_cond.training.tensorboard import SHEET, SummaryWriter


def test_a_preview_is_the_picture_itself_without_a_word_of_onednn(
    tmp_path, capfd
):
    sheet = tmp_path / "sheet.png"
    plt.imsave(sheet, np.random.default_rng(0).random((30, 50, 3)))
    writer = SummaryWriter(tmp_path / "events", 0)
    waves = np.zeros((1, 64), np.float32)  # bytes that end with zeros
    waves[0, :9] = np.linspace(-0.9, 0.9, 9)
    writer.write_preview(7, waves, ["kick 1"], sheet, 44100)
    writer.close()
    assert "oneDNN" not in capfd.readouterr().err
    events = event_accumulator.EventAccumulator(str(tmp_path / "events"))
    events.Reload()
    (event,) = events.Tensors(SHEET)
    width, height, picture = tf.make_ndarray(event.tensor_proto)
    assert (event.step, width, height) == (7, b"50", b"30")
    assert picture == sheet.read_bytes()
    ((sound, _),) = tf.make_ndarray(events.Tensors("kick 1")[0].tensor_proto)
    heard, rate = tf.audio.decode_wav(sound)
    assert len(heard) == 64
    np.testing.assert_allclose(heard[:, 0], waves[0], atol=2**-14)
    assert rate == 44100
    content = events.SummaryMetadata("kick 1").plugin_data
    assert content.plugin_name == "audio"


def test_tensorboard_shows_no_iterations_whose_checkpoint_was_lost(tmp_path):
    for first, last, value in ((0, 4, 1.0), (2, 3, 2.0)):
        writer = SummaryWriter(tmp_path, first)
        for iteration in range(first + 1, last + 1):
            writer(iteration, {"wasserstein": value})
        writer.close()
    # What TensorBoard itself reads with; the older one purges no tensors.
    events = plugin_event_accumulator.EventAccumulator(str(tmp_path))
    events.Reload()
    shown = [
        (event.step, float(tf.make_ndarray(event.tensor_proto)))
        for event in events.Tensors("wasserstein")
    ]
    assert shown == [(1, 1.0), (2, 1.0), (3, 2.0)]
