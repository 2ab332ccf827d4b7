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
from typing import TYPE_CHECKING

from data_prep.store.store import Store, open_store
from experiments.common import cli, loading, outputs
from experiments.common.json_text import to_text
from experiments.common.preflight import check_store
from experiments.common.shown_path import shown
from experiments.common.steps import Steps, stoppable
from experiments.common.store_files import heard_before
from wavegan_cond.evaluation import tagger_weights
from wavegan_cond.saved_models import find_model
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage.atomic import make_folder, write_text

if TYPE_CHECKING:
    from wavegan_cond.synthesis.synth import Synth

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


def run(settings: Settings) -> int:
    """Measures a model, or writes the page of --listen.

    Returns:
      The exit code: 0, or 128 + n if signal n has stopped it.

    Raises:
      UsageError: a file is in the way, or model and store do not fit.
      ModelError: a model cannot be used.
      StoreError: the store is none, or is damaged.
      MissingWeightsError: ``musicnn`` is not installed, and asked for.
    """
    check_request(settings)
    total = LISTENING if settings.listen else TOTAL + settings.musicnn
    steps = Steps(total, Path(settings.output_dir) / PARTIAL)
    try:
        with stoppable():
            work(settings, steps)
    except KeyboardInterrupt as interrupt:
        steps.stopped()
        return 128 + interrupt.args[0]
    return 0


def check_request(settings: Settings) -> None:
    """Checks models, weights and outputs before TensorFlow is loaded."""
    find_model.peek(settings.model)  # names what is no model at once
    if settings.against:
        find_model.peek(settings.against)
    if settings.musicnn:
        tagger_weights.find_weights()
    outputs.check_output(settings.output_dir)
    page = "listen.html" if settings.listen else "index.html"
    outputs.check_ours(Path(settings.output_dir, page), outputs.is_page)
    for name in () if settings.listen else (REPORT, PARTIAL):
        outputs.check_ours(Path(settings.output_dir, name), outputs.is_report)


def work(settings: Settings, steps: Steps) -> None:
    """Opens the store and the model, and evaluates or writes for ears."""
    steps.begin("checking the store")
    store = open_store(settings.data_dir, verify=True)
    steps.begin("loading the model")
    model = loading.load_model(settings)
    check_store(store, model, settings.model, settings.side)
    folder = Path(settings.output_dir)
    make_folder(folder)
    if settings.listen:
        steps.begin("writing the page")
        write_listening_page(folder / "listen.html", model, store, settings)
    else:
        evaluate(model, store, settings, steps)


def write_listening_page(
    path: Path, model: "Synth", store: Store, settings: Settings
) -> None:
    """Writes the page of --listen."""
    from experiments.common import listening_page

    models = [model]
    if settings.against:
        models.append(load_other(settings, settings.against))
        check_store(store, models[1], settings.against, settings.side)
        if models[1].info.fingerprint == model.info.fingerprint:
            raise cli.UsageError(
                f"--against={settings.against} is the model itself: name "
                "another one, or another --against_checkpoint"
            )
    choice = listening_page.Choice(
        settings.side, settings.shown, settings.seed, settings.truncation
    )
    page = listening_page.write(path, models, store, choice)
    print(
        f"open {shown(path)}, answer, save the CSV, and then:\n"
        "python -m experiments.listen "
        f"--answers=answers_{page}_LISTENER.csv\n"
        "with the name that was saved; of several listeners an --answers each"
    )


def load_other(settings: Settings, path: str) -> "Synth":
    """Returns the model of --against, which is in ``path``."""
    from wavegan_cond.saved_models.load import load_model

    return load_model(
        path,
        settings.against_checkpoint,
        settings.trust_model,
        settings.full_rate and not find_model.is_saved_model(path),
    )


def evaluate(
    model: "Synth", store: Store, settings: Settings, steps: Steps
) -> None:
    """Measures a model, writes the report and the page, prints a summary."""
    from experiments.common import evaluation_page, evaluation_tables
    from wavegan_cond.evaluation.measure_model import measure

    folder = Path(settings.output_dir)
    report, reference, made = measure(
        model,
        store,
        settings.num,
        settings.seed,
        settings.truncation,
        settings.side,
        steps,
        settings.musicnn,
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
        settings.shown,
        heard_before(settings.model, store, settings.side),
    )
    print(evaluation_tables.summary(report))
    print(evaluation_tables.confusion_text(report))
    print(f"open {shown(page)}")


def main(values: cli.Values) -> int:
    """Checks the flags against each other, then evaluates."""
    settings = cli.read_config(Settings, values)
    if settings.against and not settings.listen:
        raise cli.UsageError("--against goes with --listen")
    if values["against_checkpoint"].present and not settings.against:
        raise cli.UsageError("--against_checkpoint goes with --against")
    return run(settings)


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
