"""Tables and checkpoints of a run, callback by callback."""

import os
import types

import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing import event_accumulator

from tests.fixtures import tiny
from wavegan_cond.evaluation.score import VARIETY, Scored
from wavegan_cond.model.networks import make_networks
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.storage import checksums
from wavegan_cond.storage.atomic import WriteError
from wavegan_cond.training.callbacks import (
    SHEET,
    CheckpointCallback,
    Log,
    Progress,
    SummaryWriter,
    Table,
    read_estimates,
)
from wavegan_cond.training.previews import Previews
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.stop_signal import StopSignal


def test_a_table_is_no_pipe(tmp_path):
    os.mkfifo(tmp_path / "log.csv")
    with pytest.raises(WriteError, match="no regular file") as caught:
        Table(tmp_path / "log.csv", ("iteration", "loss"), 5)
    assert caught.value.exit_code == 4
    assert read_estimates(tmp_path / "log.csv", 0) == []


@pytest.mark.parametrize(
    "text", [None, "", "iteration;wasserstein\n1;0,5\n", "iteration,w\n1,2\n"]
)
def test_a_log_that_another_program_changed_has_no_estimates(tmp_path, text):
    log = tmp_path / "log.csv"
    if text is not None:
        log.write_text(text)
    assert read_estimates(log, 0) == []
    log.write_text("iteration,wasserstein\n1,0.5\n2,0.25\n")
    assert read_estimates(log, 1) == [0.25]


@pytest.mark.parametrize(
    "text", [None, "iteration;penalty\n1;0,5\n", "a,b\n1,2\n"]
)
def test_a_log_that_is_not_drawn_ends_no_training(tmp_path, capsys, text):
    run_dir = RunDir(tmp_path)
    if text is not None:
        run_dir.log.write_text(text)
    Previews._draw_losses(types.SimpleNamespace(_run_dir=run_dir))
    assert f"warning: no new loss.png: {run_dir.log}" in capsys.readouterr().err
    assert not run_dir.loss_picture.exists()


def test_the_rate_is_without_the_iterations_that_compile(monkeypatch, capsys):
    now = [1000.0]
    monkeypatch.setattr("tqdm.std.time", lambda: now[0])
    logs = {"wasserstein": 1.0, "penalty": 0.1, "spread": 1.0}
    progress = Progress(0, 1000)

    def go(seconds, iteration):
        now[0] += seconds
        progress(iteration, logs)
        return capsys.readouterr().err

    for start, each, left in ((0, 1, "16:31"), (10, 4, "1:05:24")):
        progress.begin_stage()
        assert "first iteration compiles" in capsys.readouterr().err
        assert "?it/s" in go(300, start + 1)
        for iteration in range(start + 2, start + 10):
            shown = go(each, iteration)
        assert f"<{left}," in shown
        assert "compiles" not in shown
    progress.close()


@pytest.mark.parametrize(
    ("urgent", "scored"), [(False, [2, 3, 4]), (True, [2, 4])]
)
def test_what_ends_a_training_in_the_middle_is_scored_if_there_is_time(
    tmp_path, urgent, scored
):
    """Not after a signal, which is waited for, unless all is done anyway."""
    run_dir = RunDir(tmp_path)
    run_dir.create()
    gan = WaveGAN(*make_networks(tiny.MODEL), tiny.train_config())
    gan.compile()
    stop = types.SimpleNamespace(agreed=0, urgent=False)
    table = Table(run_dir.scores, ("iteration", *Scored._fields), 0)
    log = Log(run_dir.log, 0)
    score = (lambda: Scored(1.5, 0.4), table)
    save = CheckpointCallback(
        gan, run_dir, log, stop, every=2, last=4, score=score
    )
    for iteration in (1, 2, 3, 4):
        stop.agreed, stop.urgent = (15, urgent) if iteration > 2 else (0, False)
        save(iteration, {})
    for file in (table, log):
        file.close()
    rows = run_dir.scores.read_text().split()[1:]
    assert [int(row.split(",")[0]) for row in rows] == scored
    assert run_dir.saved.read_text() == "4\n"


def test_a_preview_is_the_picture_itself_without_a_word_of_onednn(
    tmp_path, capfd
):
    sheet = tmp_path / "sheet.png"
    plt.imsave(sheet, np.random.default_rng(0).random((30, 50, 3)))
    writer = SummaryWriter(tmp_path / "events")
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


def test_the_score_of_a_checkpoint_is_a_scalar(tmp_path):
    run_dir = RunDir(tmp_path)
    run_dir.create()
    gan = WaveGAN(*make_networks(tiny.MODEL), tiny.train_config())
    gan.compile()
    scores = Table(run_dir.scores, ("iteration", *Scored._fields), 0)
    writer = SummaryWriter(run_dir.tensorboard)
    log = Log(run_dir.log, 0)
    with StopSignal() as stop:
        save = CheckpointCallback(
            gan,
            run_dir,
            log,
            stop,
            every=2,
            last=3,
            score=(lambda: Scored(1.5, 0.4), scores),
        )
        for iteration in (1, 2):
            logs = {"wasserstein": 0.5}
            for callback in (save, writer):
                callback(iteration, logs)
    for file in (writer, scores, log):
        file.close()
    events = event_accumulator.EventAccumulator(str(run_dir.tensorboard))
    events.Reload()
    values = {
        tag: [
            (event.step, float(tf.make_ndarray(event.tensor_proto)))
            for event in events.Tensors(tag)
        ]
        for tag in ("wasserstein", "kad", "recall")
    }
    assert values["wasserstein"] == [(1, 0.5), (2, 0.5)]
    assert values["kad"] == [(2, 1.5)]
    assert values["recall"] == [(2, pytest.approx(0.4))]
    assert run_dir.scores.read_text().endswith("2,1.5,0.4\n")
    saved = checksums.read_manifest(run_dir.checkpoints / "iteration_00000002")
    assert saved["score"] == 1.5 + VARIETY * 0.6
