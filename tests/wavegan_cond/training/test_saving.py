"""When a run is saved, and what of it is scored."""

import contextlib
import os
import types

import pytest
from tensorboard.backend.event_processing import event_accumulator

from tests.fixtures import tiny
from wavegan_cond.evaluation.score import VARIETY, Scored
from wavegan_cond.model.networks import make_networks
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.schedule import Stage
from wavegan_cond.storage import checksums
from wavegan_cond.training import checkpoint_folder, checkpoints
from wavegan_cond.training.log import Log, Table
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.saving import CheckpointCallback
from wavegan_cond.training.stop_signal import StopSignal
from wavegan_cond.training.tensorboard import SummaryWriter


@pytest.fixture
def run_dir(tmp_path):
    run_dir = RunDir(tmp_path)
    run_dir.create()
    return run_dir


@pytest.fixture
def scores(run_dir):
    with contextlib.closing(
        Table(run_dir.scores, ("iteration", *Scored._fields), 0)
    ) as table:
        yield table


@pytest.fixture
def log(run_dir):
    with contextlib.closing(Log(run_dir.log, 0)) as log:
        yield log


def make_gan(stage=None):
    networks = make_networks(tiny.MODEL)
    gan = WaveGAN(*networks, tiny.train_config(), stage=stage)
    gan.compile()
    return gan


@pytest.mark.parametrize(
    ("urgent", "scored"), [(False, [2, 3, 4]), (True, [2, 4])]
)
def test_what_ends_a_training_in_the_middle_is_scored_if_there_is_time(
    run_dir, scores, log, urgent, scored
):
    """Not after a signal, which is waited for, unless all is done anyway."""
    stop = types.SimpleNamespace(agreed=0, urgent=False)
    score = (lambda: Scored(1.5, 0.4), scores)
    save = CheckpointCallback(
        make_gan(), run_dir, log, stop, every=2, last=4, end=4, score=score
    )
    for iteration in (1, 2, 3, 4):
        stop.agreed, stop.urgent = (15, urgent) if iteration > 2 else (0, False)
        save(iteration, {})
    rows = run_dir.scores.read_text().split()[1:]
    assert [int(row.split(",")[0]) for row in rows] == scored
    assert run_dir.saved.read_text() == "4\n"


@pytest.mark.parametrize("end", [4, 9])
def test_at_the_end_of_a_stage_a_signal_is_not_let_wait(
    run_dir, scores, log, end
):
    """Before the end of the run it is saved at once, and fitted behind it."""
    done = []

    def note(what):
        there = os.listdir(run_dir.checkpoints)
        done.append((what, there == ["iteration_00000004"]))
        return Scored(1.5, 0.4)

    save = CheckpointCallback(
        make_gan(),
        run_dir,
        log,
        types.SimpleNamespace(agreed=15, urgent=True),
        every=2,
        last=4,
        end=end,
        score=(lambda: note("score"), scores),
        fit=lambda: note("fit"),
    )
    save(4, {})
    at_end = [("fit", False), ("score", False)]
    assert done == (at_end if end == 4 else [("fit", True)])
    assert checkpoint_folder.latest(run_dir.checkpoints)[1] == 4
    assert len(os.listdir(run_dir.checkpoints)) == 1


def test_the_score_of_a_checkpoint_is_a_scalar(run_dir, scores, log):
    writer = SummaryWriter(run_dir.tensorboard, 0)
    with StopSignal() as stop:
        save = CheckpointCallback(
            make_gan(),
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
    writer.close()
    events = event_accumulator.EventAccumulator(str(run_dir.tensorboard))
    events.Reload()
    values = {
        tag: [(event.step, event.value) for event in events.Scalars(tag)]
        for tag in ("wasserstein", "kad", "recall")
    }
    assert values["wasserstein"] == [(1, 0.5), (2, 0.5)]
    assert values["kad"] == [(2, 1.5)]
    assert values["recall"] == [(2, pytest.approx(0.4))]
    assert run_dir.scores.read_text().endswith("2,1.5,0.4\n")
    saved = checksums.read_manifest(run_dir.checkpoints / "iteration_00000002")
    assert saved["score"] == 1.5 + VARIETY * 0.6


def test_a_checkpoint_is_of_its_run_and_its_stage_and_behind_its_log(
    run_dir, scores
):
    gan = make_gan(stage=Stage(1, tiny.LENGTH, 2, 9, 0, 4, 1e-4))
    # The best of the stage before: its scores are of other sounds.
    variables = checkpoints.gan_variables(gan)
    checkpoints.save(
        run_dir.checkpoints, variables, 2, config_digest="this", score=0.1
    )
    there, kads = [], iter([0.5, 0.9, 0.8])
    log = types.SimpleNamespace(
        sync=lambda: there.append(len(os.listdir(run_dir.checkpoints)))
    )
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
        score=(lambda: Scored(next(kads), 1.0), scores),
    )
    for iteration in (3, 4, 5):
        save_at(iteration, {})
    assert there == [1, 2, 3]
    kept = checkpoint_folder.committed(run_dir.checkpoints)
    assert [int(path.name[-2:]) for path in kept] == [2, 3, 5]
    assert checksums.read_manifest(kept[-1])["run"] == "this"
