r"""Measures a model against real sounds: one page to hear and read, and a JSON.

    python -m experiments.evaluate --model=runs/drums --data_dir=data \
        --output_dir=evaluation

The page shows every measure beside what a perfect generator would reach (real
sounds set aside) and what noise with the envelopes of drums gets; generated
sounds, each above the real one it is nearest to; paths between two sounds by
lerp and slerp; sweeps of single latent dimensions; and a beat. The same model,
data and seed give the same page.

    python -m experiments.evaluate --model=runs/drums --data_dir=data \
        --output_dir=evaluation --listen

measures nothing, and writes listen.html instead: generated sounds, each beside
a real one, for a listener to say which is which. --against=runs/other has the
sounds of two models compared as well. experiments.listen reads the answers.
"""

from pathlib import Path

from absl import flags

from experiments.common import cli
from experiments.common.preflight import check_store

FLAGS = flags.FlagValues()
cli.define_model(FLAGS)
flags.DEFINE_string(
    "data_dir", None, "a store of experiments.prepare_data", flag_values=FLAGS
)
flags.DEFINE_string(
    "output_dir", None, "where the page and report.json go", flag_values=FLAGS
)
flags.DEFINE_integer(
    "num", 300, "sounds of each class", 300, 100_000, flag_values=FLAGS
)
flags.DEFINE_integer(
    "shown", 12, "sounds of each class on the page", 1, 60, flag_values=FLAGS
)
flags.DEFINE_integer(
    "seed", 0, "of the first sound of each class", 0, 2**31, flag_values=FLAGS
)
flags.DEFINE_enum(
    "side",
    "validation",
    ["validation", "test"],
    "of the store: validation while something is still chosen, test to report",
    flag_values=FLAGS,
)
flags.DEFINE_bool(
    "listen",
    False,
    "write a blind listening page, --shown pairs of each class",
    flag_values=FLAGS,
)
flags.DEFINE_string(
    "against", None, "with --listen: another model", flag_values=FLAGS
)
cli.define_truncation(FLAGS)
flags.mark_flags_as_required(
    ["model", "data_dir", "output_dir"], flag_values=FLAGS
)


def write_listening_page(path: Path, model, store, values) -> None:
    """Writes the page of --listen."""
    from experiments.common import listening_page
    from wavegan_cond.saved_models.load import load_model

    models = [model]
    if values.against:
        models.append(load_model(values.against, **cli.model_loading(values)))
        check_store(store, models[1], values.against, values.side)
    page = listening_page.write(
        path,
        models,
        store,
        values.side,
        values.shown,
        values.seed,
        values.truncation,
    )
    print(
        f"open {path.resolve()}, answer, save the CSV, and then: python -m "
        f"experiments.listen --answers=answers_{page}.csv"
    )


def main(values: flags.FlagValues) -> None:
    """Measures, then writes the report and the page."""
    from data_prep.store.store import open_store
    from wavegan_cond.storage.atomic import write_text, writing

    if values.against and not values.listen:
        raise cli.UsageError("--against goes with --listen")
    store = open_store(values.data_dir, verify=True)
    cli.import_tensorflow()
    from experiments.common import evaluation_page, evaluation_tables
    from experiments.common.evaluation_tables import to_text
    from wavegan_cond.evaluation.measure_model import measure
    from wavegan_cond.saved_models.load import load_model

    model = load_model(values.model, **cli.model_loading(values))
    check_store(store, model, values.model, values.side)
    folder = Path(values.output_dir)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if values.listen:
        write_listening_page(folder / "listen.html", model, store, values)
        return
    report, reference = measure(
        model, store, values.num, values.seed, values.truncation, values.side
    )
    write_text(folder / "report.json", to_text(report))
    evaluation_page.write(
        folder / "index.html",
        report,
        model,
        store,
        reference,
        values.shown,
    )
    print(evaluation_tables.summary(report))
    print(evaluation_tables.listener(report))
    print(f"open {(folder / 'index.html').resolve()}")


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
