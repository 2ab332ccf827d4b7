"""Tables and checkpoints of a run, callback by callback."""

import dataclasses
import os
import types

import matplotlib.pyplot as plt
import numpy as np
import pytest
import soundfile
import tensorflow as tf
from tensorboard.backend.event_processing import event_accumulator

from tests.fixtures import tiny
from wavegan_cond.evaluation.score import VARIETY, Scored
from wavegan_cond.model.networks import make_networks
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.plotting import panels
from wavegan_cond.schedule import Stage
from wavegan_cond.storage import checksums
from wavegan_cond.storage.atomic import WriteError
from wavegan_cond.training import checkpoint_folder, checkpoints, loop
from wavegan_cond.training.callbacks import (
    SHEET,
    CheckpointCallback,
    Log,
    Progress,
    SummaryWriter,
    Table,
    read_estimates,
)
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.previews import (
    Previews,
    fit_equalizer,
    preview_function,
)
from wavegan_cond.training.run_callbacks import (
    RunCallbacks,
    make_score,
    make_spectra,
)
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.spread_guard import WINDOW, SpreadGuard
from wavegan_cond.training.stop_signal import StopSignal
from wavegan_cond.training.strategy import make_strategy


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
        gan, run_dir, log, stop, every=2, last=4, end=4, score=score
    )
    for iteration in (1, 2, 3, 4):
        stop.agreed, stop.urgent = (15, urgent) if iteration > 2 else (0, False)
        save(iteration, {})
    for file in (table, log):
        file.close()
    rows = run_dir.scores.read_text().split()[1:]
    assert [int(row.split(",")[0]) for row in rows] == scored
    assert run_dir.saved.read_text() == "4\n"


@pytest.mark.parametrize("end", [4, 9])
def test_at_the_end_of_a_stage_a_signal_is_not_let_wait(tmp_path, end):
    """Before the end of the run it is saved at once, and fitted behind it."""
    run_dir = RunDir(tmp_path)
    run_dir.create()
    gan = WaveGAN(*make_networks(tiny.MODEL), tiny.train_config())
    gan.compile()
    done = []

    def note(what):
        there = os.listdir(run_dir.checkpoints)
        done.append((what, there == ["iteration_00000004"]))
        return Scored(1.5, 0.4)

    table = Table(run_dir.scores, ("iteration", *Scored._fields), 0)
    log = Log(run_dir.log, 0)
    save = CheckpointCallback(
        gan,
        run_dir,
        log,
        types.SimpleNamespace(agreed=15, urgent=True),
        every=2,
        last=4,
        end=end,
        score=(lambda: note("score"), table),
        fit=lambda: note("fit"),
    )
    save(4, {})
    for file in (table, log):
        file.close()
    at_end = [("fit", False), ("score", False)]
    assert done == (at_end if end == 4 else [("fit", True)])
    assert checkpoint_folder.latest(run_dir.checkpoints)[1] == 4
    assert len(os.listdir(run_dir.checkpoints)) == 1


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
    events = event_accumulator.EventAccumulator(str(tmp_path))
    events.Reload()
    shown = [
        (event.step, float(tf.make_ndarray(event.tensor_proto)))
        for event in events.Tensors("wasserstein")
    ]
    assert shown == [(1, 1.0), (2, 1.0), (3, 2.0)]


def test_the_score_of_a_checkpoint_is_a_scalar(tmp_path):
    run_dir = RunDir(tmp_path)
    run_dir.create()
    gan = WaveGAN(*make_networks(tiny.MODEL), tiny.train_config())
    gan.compile()
    scores = Table(run_dir.scores, ("iteration", *Scored._fields), 0)
    writer = SummaryWriter(run_dir.tensorboard, 0)
    log = Log(run_dir.log, 0)
    with StopSignal() as stop:
        save = CheckpointCallback(
            gan,
            run_dir,
            log,
            stop,
            every=2,
            last=3,
            end=3,
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


def test_a_checkpoint_is_of_its_run_and_its_stage_and_behind_its_log(tmp_path):
    run_dir = RunDir(tmp_path)
    run_dir.create()
    stage = Stage(1, tiny.LENGTH, 2, 9, 0, 4, 1e-4)
    config = tiny.train_config()
    gan = WaveGAN(*make_networks(tiny.MODEL), config, stage=stage)
    gan.compile()
    # The best of the stage before: its scores are of other sounds.
    variables = checkpoints.gan_variables(gan)
    checkpoints.save(
        run_dir.checkpoints, variables, 2, config_digest="this", score=0.1
    )
    there, kads = [], iter([0.5, 0.9, 0.8])
    log = types.SimpleNamespace(
        sync=lambda: there.append(len(os.listdir(run_dir.checkpoints)))
    )
    table = Table(run_dir.scores, ("iteration", *Scored._fields), 0)
    save_at = CheckpointCallback(
        gan,
        run_dir,
        log,
        types.SimpleNamespace(agreed=0, urgent=False),
        every=1,
        last=9,
        end=9,
        keep=1,
        config_digest="this",
        score=(lambda: Scored(next(kads), 1.0), table),
    )
    for iteration in (3, 4, 5):
        save_at(iteration, {})
    table.close()
    assert there == [1, 2, 3]
    kept = checkpoint_folder.committed(run_dir.checkpoints)
    assert [int(path.name[-2:]) for path in kept] == [2, 3, 5]
    assert checksums.read_manifest(kept[-1])["run"] == "this"


def test_checkpoints_are_scored_by_sounds_that_are_held_out(
    tmp_path, monkeypatch
):
    store = tiny.make_store(tmp_path / "store", 60)
    monkeypatch.setattr(
        "wavegan_cond.training.run_callbacks.Score", lambda *given: given
    )
    seen, held_out, *_ = make_score(store, tiny.MODEL)
    np.testing.assert_array_equal(seen, store.split("train")[0])
    waves, labels = store.split("validation")
    for label, some in enumerate(held_out):
        np.testing.assert_array_equal(some, waves[labels == label])
    assert len(held_out) == 3


def test_without_labels_all_sounds_are_scored_as_one_class(
    tmp_path, monkeypatch
):
    store = tiny.make_store(tmp_path / "store", 60)
    monkeypatch.setattr(
        "wavegan_cond.training.run_callbacks.Score", lambda *given: given
    )
    model = dataclasses.replace(tiny.MODEL, conditioning="none")
    _, held_out, *_ = make_score(store, model)
    np.testing.assert_array_equal(held_out, [store.split("validation")[0]])


def test_without_labels_no_sounds_are_made_twice_to_fit_the_equalizer(store):
    model = dataclasses.replace(tiny.MODEL, conditioning="none", match_eq=True)
    gan = loop.build(model, tiny.train_config(), make_strategy())
    generate, asked = preview_function(gan, model), []

    def asking(z, label):
        asked.append(set(label))
        return generate(z, label)

    fit_equalizer(gan, model, asking, make_spectra(store, model, model.length))
    assert asked == [{0}]
    taps = gan.match_eq.taps.numpy()
    assert len(taps) == len(model.classes) and np.ptp(taps, axis=0).max() == 0
    assert np.ptp(taps[0, 1:]) > 0


def test_a_resumed_run_is_watched_with_what_was_before(tmp_path, store):
    run_dir = RunDir(tmp_path)
    run_dir.create()
    random = np.random.default_rng(0)
    done = 2 * WINDOW + 9
    values = random.normal(size=done).round(3)
    log = Log(run_dir.log, 0)
    names = "penalty", "critic_loss", "generator_loss", "spread"
    zeros = dict.fromkeys(names, 0.0)
    for iteration, value in enumerate(values, 1):
        log(iteration, {"wasserstein": value, **zeros})
    log.close()
    stage = Stage(0, tiny.LENGTH, 0, 2000, 0, 4, 1e-4)
    config = tiny.train_config()
    gan = WaveGAN(*make_networks(tiny.MODEL), config, stage=stage)
    gan.compile()
    options = RunOptions(tensorboard=False, best_by="none")
    called = RunCallbacks(
        store, run_dir, tiny.MODEL, options, None, "", done, config
    )
    (guard,) = (c for c in called.for_stage(gan) if isinstance(c, SpreadGuard))
    called.close()
    logs, expected = {"wasserstein": 0.5}, {"wasserstein": 0.5}
    guard(done + 1, logs)
    SpreadGuard(config, values)(done + 1, expected)
    assert logs["spread"] == expected["spread"] != 1


def silence(z, label):
    return np.zeros((len(z), 64), np.float32)


def test_a_preview_has_the_rate_of_its_stage(tmp_path, monkeypatch):
    monkeypatch.setattr(panels, "contact_sheet", lambda *given: None)
    monkeypatch.setattr(Previews, "_draw_losses", lambda self: None)
    stage = Stage(0, 64, 0, 9, 0, 4, 1e-4)
    run_dir = RunDir(tmp_path)
    Previews(run_dir, tiny.GROWN, stage, silence, 5, 1)(5, {})
    (path, *_) = sorted(run_dir.previews.rglob("*.wav"))
    assert soundfile.info(path).samplerate == 44100 // 4
