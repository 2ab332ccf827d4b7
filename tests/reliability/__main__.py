"""Tries everything the project promises never to lose, and prints the table.

  python -m tests.reliability --output_dir=DIR [--only=R1,R4] [--quick]

Each row kills, fills, flips, injects or feeds what its name says, in real
runs of tiny models, and counts. The table is printed as Markdown and written
to DIR/reliability.json; the files of a case that fails stay in DIR. The exit
code is 1 if one did.
"""

import datetime
import json
import os
import platform
from pathlib import Path

from absl import flags

from experiments.common import cli
from tests.reliability.row import Result, try_row
from tests.reliability.rows import ROWS

KEYS = [row.key for row in ROWS]

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "output_dir", None, "a new folder for table and files", flag_values=FLAGS
)
flags.DEFINE_list(
    "only", KEYS, "rows to try: " + ", ".join(KEYS), flag_values=FLAGS
)
flags.DEFINE_bool(
    "quick", False, "a few cases a row, for the tests", flag_values=FLAGS
)
flags.mark_flags_as_required(["output_dir"], flag_values=FLAGS)


def main(values: flags.FlagValues) -> int:
    """Tries the rows asked for."""
    from wavegan_cond.storage.atomic import check_new

    if unknown := [key for key in values.only if key not in KEYS]:
        raise cli.UsageError(
            f"--only={','.join(unknown)}: the rows are {', '.join(KEYS)}"
        )
    folder = check_new(values.output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [row for row in ROWS if row.key in values.only]
    results = run(chosen, folder, values.quick)
    report = {
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} x {platform.machine()}",
        "python": platform.python_version(),
        "quick": values.quick,
        "rows": {key: result.as_json() for key, result in results.items()},
    }
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    (folder / "reliability.json").write_text(text, encoding="utf-8")
    print(table(results))
    return int(any(result.failed for result in results.values()))


def run(rows, folder: Path, quick: bool) -> dict[str, Result]:
    """Tries rows one after the other, each below a bar."""
    from tqdm import tqdm

    results = {}
    for row in rows:
        results[row.key] = try_row(
            row,
            folder / row.key,
            quick,
            lambda cases, key=row.key: tqdm(cases, key, unit="case"),
        )
    return results


def table(results: dict[str, Result]) -> str:
    """Returns the results as a Markdown table, failures below it."""
    lines = ["| row | what must hold | passed | seconds |", "|---|---|---|---|"]
    promise = {row.key: row.promise for row in ROWS}
    for key, result in results.items():
        score = result.not_run or f"{result.passed} of {result.tried}"
        lines.append(
            f"| {key} | {promise[key]} | {score} | {result.seconds:.0f} |"
        )
    for key, result in results.items():
        lines += [
            f"{key} failed: {failure['case']}: {failure['error']}"
            for failure in result.failed
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
