"""What a training run does beside its updates: log, save, score, show."""

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
    require_gpu: bool = False


def make_observers(
    gan, store, run_dir, model, options, first, last, stop, digest
) -> list:
    """What watches the run, in order: first what must not be lost."""
    from wavegan_cond import callbacks, training

    log = callbacks.Log(run_dir.log, first)
    generate = training.preview_function(gan, model)
    score = make_score(store, model) if options.best_by == "kad" else None
    if score:
        columns = ("iteration", options.best_by)
        table = callbacks.Table(run_dir.scores, columns, first)
        score = (functools.partial(score, generate), table)
    observers = [
        log,
        callbacks.Progress(first, last),
        training.Saver(
            gan,
            run_dir.checkpoints,
            log,
            stop,
            every=options.checkpoint_every,
            last=last,
            keep=options.keep,
            run=digest,
            score=score,
        ),
    ]
    summary = None
    if options.tensorboard:
        summary = callbacks.SummaryWriter(run_dir.tensorboard)
        observers.append(summary)
    observers.append(
        callbacks.Previews(
            run_dir,
            model,
            generate,
            options.preview_every,
            last,
            per_class=options.preview_sounds,
            summary=summary,
        )
    )
    return observers


def make_score(store, model: ModelConfig):
    """Returns the Score of the store's held-out sounds; None with too few."""
    import numpy as np

    from wavegan_cond.evaluation.score import FEWEST, MOST, Score

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
    count = min(store.train, MOST * len(model.classes))
    seen = np.linspace(0, store.train - 1, count).astype(int)
    return Score(
        store.read_rows(seen),
        [store.read_rows(rows) for rows in held_out],
        model.latent_dim,
        model.prior,
    )
