r"""Measures a model against real sounds: one page to hear and read, and a JSON.

    python -m experiments.evaluate --model=runs/drums --data_dir=data \
        --output_dir=evaluation

The page shows every measure beside what a perfect generator would reach (real
sounds set aside) and what noise with the envelopes of drums gets; generated
sounds, each above the real one it is nearest to; paths between two sounds by
lerp and slerp; sweeps of single latent dimensions; and a beat. The same model,
data and seed give the same page.
"""

import dataclasses
from pathlib import Path

from absl import flags

from experiments.common import cli
from experiments.common.preflight import check_store
from wavegan_cond.config import REQUIRED, setting


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(cli.LoadingSettings):
    """The flags of this command."""

    model: str = setting(REQUIRED, "run folder or SavedModel")
    truncation: float = cli.truncation_setting()
    data_dir: str = setting(REQUIRED, "store made by experiments.prepare_data")
    output_dir: str = setting(REQUIRED, "folder of the page and report.json")
    num: int = setting(300, "sounds of each class", low=300, high=100_000)
    shown: int = setting(12, "sounds of each class on the page", low=1, high=60)
    seed: int = setting(
        0, "seed of the first sound of each class", low=0, high=2**31
    )


FLAGS = cli.make_flags(Settings)


def main(values: flags.FlagValues) -> None:
    """Measures, then writes the report and the page."""
    from data_prep.store.store import open_store
    from wavegan_cond.storage.atomic import write_text, writing

    store = open_store(values.data_dir, verify=True)
    cli.import_tensorflow()
    from experiments.common import evaluation_page, evaluation_tables
    from experiments.common.evaluation_tables import to_text
    from wavegan_cond.evaluation.measure_model import measure
    from wavegan_cond.saved_models.load import load_model

    model = load_model(values.model, **cli.model_loading(values))
    check_store(store, model, values.model)
    folder = Path(values.output_dir)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    report, reference, made = measure(
        model, store, values.num, values.seed, values.truncation
    )
    write_text(folder / "report.json", to_text(report))
    evaluation_page.write(
        folder / "index.html",
        report,
        model,
        store,
        reference,
        made,
        values.shown,
    )
    print(evaluation_tables.summary(report))
    print(evaluation_tables.listener(report))
    print(f"open {(folder / 'index.html').resolve()}")


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
