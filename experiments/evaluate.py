r"""Measures a model against real sounds: one page to hear and read, and a JSON.

    python -m experiments.evaluate --model=runs/drums --data_dir=data \
        --output_dir=evaluation

The page shows every measure beside what a perfect generator would reach (real
sounds set aside) and what noise with the envelopes of drums gets; generated
sounds, each above the real one it is nearest to; paths between two sounds by
lerp and slerp; sweeps along the three directions that change the sound most;
and a beat. The same model, data and seed give the same page. Stopped before
its end, by Ctrl-C or SIGTERM, it leaves what it has measured in
report.partial.json.

    python -m experiments.evaluate --model=runs/drums --data_dir=data \
        --output_dir=evaluation --listen

measures nothing, and writes listen.html instead: generated sounds, each beside
a real one, for a listener to say which is which. --against=runs/other, with
--against_checkpoint, has the sounds of two models compared as well.
experiments.listen reads the answers.
"""

import dataclasses
from pathlib import Path

from data_prep.store.store import open_store
from experiments.common import cli, loading, outputs
from experiments.common.json_text import to_text
from experiments.common.preflight import check_store
from experiments.common.steps import Steps, stoppable
from experiments.common.store_files import heard_before
from wavegan_cond.evaluation import tagger_weights
from wavegan_cond.saved_models import find_model
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage.atomic import write_text, writing

REPORT, PARTIAL = "report.json", "report.partial.json"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(loading.LoadingSettings):
    """The flags of this command."""

    model: str = setting(REQUIRED, "run folder or SavedModel")
    truncation: float = loading.truncation_setting()
    data_dir: str = setting(REQUIRED, "store made by experiments.prepare_data")
    output_dir: str = setting(REQUIRED, "folder of the page and report.json")
    num: int = setting(300, "sounds of each class", low=300, high=10_000)
    shown: int = setting(12, "sounds of each class on the page", low=1, high=60)
    seed: int = setting(
        0, "seed of the first sound of each class", low=0, high=2**31
    )
    side: str = setting(
        "validation",
        "side of the store: validation while something is still chosen, test "
        "to report",
        choices=("validation", "test"),
    )
    musicnn: bool = setting(
        False,
        "measure distance and variety on the features of a music tagger too "
        f"({tagger_weights.INSTALL})",
    )
    listen: bool = setting(
        False, "write a blind listening page, --shown pairs of each class"
    )
    against: str | None = setting(
        None, "another model to compare, with --listen"
    )
    against_checkpoint: str = setting(
        "auto", "checkpoint of --against, as --checkpoint is of --model"
    )


FLAGS = cli.make_flags(Settings)
LISTENING = 3  # steps: the store, the model, the page
TOTAL = 13  # steps: those of the measurement are between


def write_listening_page(path: Path, model, store, values) -> None:
    """Writes the page of --listen."""
    from experiments.common import listening_page

    models = [model]
    if values.against:
        models.append(load_other(values))
        check_store(store, models[1], values.against, values.side)
        if models[1].info.fingerprint == model.info.fingerprint:
            raise cli.UsageError(
                f"--against={values.against} is the model itself: name another "
                "one, or another --against_checkpoint"
            )
    page = listening_page.write(path, models, store, values)
    print(
        f"open {path.resolve()}, answer, save the CSV, and then: python -m "
        f"experiments.listen --answers=answers_{page}.csv"
    )


def load_other(values):
    """Returns the model of --against."""
    from wavegan_cond.saved_models.load import load_model

    is_saved = find_model.is_saved_model(values.against)
    return load_model(
        values.against,
        values.against_checkpoint,
        values.trust_model,
        values.full_rate and not is_saved,
    )


def main(values: cli.Values) -> int:
    """Measures, then writes the report and the page.

    Returns:
      The exit code: 0, or 128 + n if signal n has stopped it.
    """
    cli.read_config(Settings, values)  # what is needed and empty is told
    if values.against and not values.listen:
        raise cli.UsageError("--against goes with --listen")
    if values["against_checkpoint"].present and not values.against:
        raise cli.UsageError("--against_checkpoint goes with --against")
    find_model.peek(values.model)  # names what is no model at once
    if values.against:
        find_model.peek(values.against)
    if values.musicnn:
        tagger_weights.find_weights()
    outputs.check_output(values.output_dir)
    page = "listen.html" if values.listen else "index.html"
    outputs.check_page(Path(values.output_dir, page))
    for name in () if values.listen else (REPORT, PARTIAL):
        outputs.check_report(Path(values.output_dir, name))
    total = LISTENING if values.listen else TOTAL + values.musicnn
    steps = Steps(total, Path(values.output_dir) / PARTIAL)
    try:
        with stoppable():
            run(values, steps)
    except KeyboardInterrupt as interrupt:
        steps.stopped()
        return 128 + interrupt.args[0]
    return 0


def run(values: cli.Values, steps: Steps) -> None:
    """Opens the store and the model, and evaluates or writes for ears."""
    steps.begin("checking the store")
    store = open_store(values.data_dir, verify=True)
    steps.begin("loading the model")
    model = loading.load_model(values)
    check_store(store, model, values.model, values.side)
    folder = Path(values.output_dir)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if values.listen:
        steps.begin("writing the page")
        write_listening_page(folder / "listen.html", model, store, values)
    else:
        evaluate(model, store, values, steps)


def evaluate(model, store, values: cli.Values, steps: Steps) -> None:
    """Measures a model, writes the report and the page, prints a summary."""
    from experiments.common import evaluation_page, evaluation_tables
    from wavegan_cond.evaluation.measure_model import measure

    folder = Path(values.output_dir)
    report, reference, made = measure(
        model,
        store,
        values.num,
        values.seed,
        values.truncation,
        values.side,
        steps,
        values.musicnn,
    )
    page = folder / "index.html"
    page.unlink(missing_ok=True)  # of another report
    write_text(folder / REPORT, to_text(report))
    steps.finish(folder / REPORT)
    steps.begin("writing the page")
    evaluation_page.write(
        page,
        report,
        model,
        store,
        reference,
        made,
        values.shown,
        heard_before(values.model, store, values.side),
    )
    print(evaluation_tables.summary(report))
    print(evaluation_tables.confusion_text(report))
    print(f"open {(folder / 'index.html').resolve()}")


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
