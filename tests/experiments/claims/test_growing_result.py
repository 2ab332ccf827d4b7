"""What the comparison of direct and grown training reads off its runs."""

import pytest

from experiments.claims import growing_figure, growing_result
from experiments.claims.growing_pair import Pair
from experiments.common import cli, stage_times

LOG = "iteration,seconds,wasserstein\n1,2.0,0\n2,1.0,0\n3,0.5,0\n4,0.5,0\n"
SCORES = "iteration,kad\n2,50\n4,20\n"


def points():
    return [
        {"iteration": 2, "seconds": 3.0, "kad": 50.0, "accuracy": 0.5},
        {"iteration": 4, "seconds": 4.0, "kad": 20.0, "accuracy": 0.95},
    ]


def test_a_curve_counts_the_seconds_since_the_start(tmp_path):
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "scores.csv").write_text(SCORES)
    expected = [
        {key: point[key] for key in ("iteration", "seconds", "kad")}
        for point in points()
    ]
    assert growing_result.curve(tmp_path) == expected


def test_a_curve_needs_the_seconds_of_every_score(tmp_path):
    (tmp_path / "log.csv").write_text(LOG.replace("4,0.5,0\n", ""))
    (tmp_path / "scores.csv").write_text(SCORES)
    with pytest.raises(cli.UsageError, match="lacks scored iterations"):
        growing_result.curve(tmp_path)


def test_a_summary_says_when_a_run_was_coherent():
    found = growing_result.summarise(points())
    assert found["coherent after seconds"] == 4.0
    assert found["last kad"] == found["best kad"] == 20.0
    never = growing_result.summarise(points()[:1])
    assert never["coherent after seconds"] is None


def test_the_picture_is_drawn(tmp_path):
    runs = {name: {"points": points()} for name in ("direct_0", "grown_0")}
    growing_figure.draw({"runs": runs}, tmp_path / "growing.png")
    assert (tmp_path / "growing.png").read_bytes().startswith(b"\x89PNG")


def test_seconds_of_stages_are_means_over_the_seeds(tmp_path):
    grown = stage_times.grown(2)
    planned = {"grown": grown, "direct": {"iterations": 3}}
    pairs = [Pair(tmp_path, seed, planned, (), 4) for seed in ("0", "1")]
    for pair, slower in zip(pairs, (1, 3), strict=True):
        for kind, iterations in (("grown", 8), ("direct", 3)):
            rows = [f"{i},{slower * i}" for i in range(1, iterations + 1)]
            pair.path(kind).mkdir()
            text = "\n".join(["iteration,seconds", *rows])
            (pair.path(kind) / "log.csv").write_text(text)
    assert growing_result.stage_seconds(pairs, planned) == {
        "256": 3.0,  # of 1 and 2 s, and of 3 and 6 s
        "1024": 7.0,
        "4096": 11.0,
        "16384": 15.0,
        "direct": 4.0,
    }


def test_lines_of_different_seeds_look_different():
    names = [f"{kind}_{seed}" for kind in ("direct", "grown") for seed in "123"]
    styles = growing_figure.seed_styles(names)
    assert list(styles) == ["1", "2", "3"] and len(set(styles.values())) == 3
