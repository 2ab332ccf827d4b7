"""Every rule, on results that were made to confirm, refute or say nothing."""

import json

import numpy as np
import pytest
from scipy import stats

from experiments.claims import growing, report
from experiments.claims.effects import CONFIRMED, REFUTED, UNDECIDED
from experiments.claims.judge import judge_all, left_out
from experiments.claims.results import Results
from experiments.claims.rules import RULES
from experiments.claims.variants import PARTS, VARIANTS
from experiments.common import cli

C7 = ["C7a", "C7b", "C7c"]
CLASSES = ("kick", "snare", "cymbal")
REAL = {
    "accuracy": {"accuracy": 0.97},
    "noise": {"classes": {name: {"kad": 100} for name in CLASSES}},
    "perfect": {"classes": {name: {"memory_ratio": 0.85} for name in CLASSES}},
}


USUAL = {
    "kad": 10.0,
    "mixture": 10.0,
    "accuracy": 0.96,
    "comb": 1.0,
    "untrained": 1.0,
    "memory": 1.0,
    "explained": 0.4,
    "steps": 5.0,
    "half_way": 15.0,
    "slerp": 15.0,
    "critic": 1.0,
}


def result(variant, seed, **changes):
    """Results as experiments.claims.measure writes them, for the rules."""
    of = {**USUAL, **changes}
    kads = of["kad"] if isinstance(of["kad"], tuple) else (of["kad"],) * 3
    return {
        "variant": variant,
        "change": VARIANTS[variant].change,
        "seed": seed,
        "seconds": 60,
        "blocks": 4,
        "report": {
            "classes": {
                name: {"kad": one, "memory_ratio": of["memory"]}
                for name, one in zip(CLASSES, kads, strict=True)
            },
            "all": {"comb_levels": {str(k): of["comb"] for k in range(1, 6)}},
            "accuracy": {"accuracy": of["accuracy"]},
        },
        "untrained_comb": {str(k): of["untrained"] for k in range(1, 6)},
        "mixture": {"kad": of["mixture"]},
        "latent": {"explained": of["explained"]},
        "paths": {
            "lerp": {
                "step_ratio_95": of["steps"],
                "middle_kad": of["half_way"],
                "ends_kad": 10,
            },
            "slerp": {"middle_kad": of["slerp"], "ends_kad": 10},
        },
        "critic": {"1": of["critic"], "8": of["critic"]},
    }


def scaled(value, factor):
    if isinstance(value, tuple):
        return tuple(factor * one for one in value)
    return factor * value


def judge(folder, changes, scatter=0.001, seeds=2):
    """Returns the verdicts on results where variants have these figures."""
    folder.mkdir()
    (folder / "real.json").write_text(json.dumps(REAL))
    for variant in VARIANTS:
        for seed in range(seeds):
            sign = 1 if seed % 2 else -1
            figures = {
                name: scaled(value, 1 + sign * scatter)
                for name, value in {
                    **USUAL,
                    **changes.get(variant, {}),
                }.items()
            }
            text = json.dumps(result(variant, seed, **figures))
            (folder / f"{variant}_{seed}.json").write_text(text)
    findings = judge_all(Results(folder))
    return {(f.claim, f.measured): f.verdict for f in findings}


def verdict(verdicts, claim):
    (found,) = {value for key, value in verdicts.items() if key[0] == claim}
    return found


PLANTED = [  # claim, variant, figure, what confirms it, what refutes it
    ("C1a", "unlabelled", "mixture", 12, 8),
    ("C1b", "base", "accuracy", 0.97, 0.90),
    ("C2", "onehot", "accuracy", 0.92, 0.99),
    ("C6a", "latent3", "kad", 10.5, 14),
    ("C6b", "base", "explained", 0.6, 0.4),
    ("C7a", "latent3", "steps", 2.0, 5.0),
    ("C7b", "latent3", "half_way", 11.0, 15.0),
    ("C7c", "base", "slerp", 12.0, 19.0),
    ("C8a", "shuffle0", "comb", 2.0, 0.5),
    ("C8b", "shuffle0", "critic", 2.0, 0.5),
    ("C8c", "shuffle0", "kad", 12.0, 8.0),
    ("C9a", "zeros", "comb", 2.0, 0.5),
    ("C9b", "zeros", "untrained", 2.0, 0.5),
    ("C9c", "zeros", "kad", 12.0, 8.0),
    ("C10", "base", "kad", (10.0, 10.0, 20.0), (20.0, 20.0, 10.0)),
    ("C12 (300)", "sounds300", "kad", 11.0, 20.0),
]
CASES = [
    (claim, {variant: {figure: value}}, verdict)
    for claim, variant, figure, *values in PLANTED
    for value, verdict in zip(values, (CONFIRMED, REFUTED), strict=True)
] + [
    ("C2", {}, REFUTED),  # no difference
    ("C12 (300)", {"sounds300": {"memory": 0.5}}, REFUTED),  # copies
    ("C12 (300)", {"sounds300": {"memory": 0.85}}, CONFIRMED),  # as real sounds
    ("C10", {"base": {"kad": (10.0, 10.0, 10.0)}}, UNDECIDED),
]


@pytest.mark.parametrize(("claim", "changes", "expected"), CASES)
def test_a_rule_finds_what_was_planted(tmp_path, claim, changes, expected):
    assert verdict(judge(tmp_path / "results", changes), claim) == expected


def test_one_seed_of_the_base_says_nothing_of_chance(tmp_path):
    with pytest.raises(cli.UsageError, match="one seed of 'base'"):
        judge(tmp_path / "results", {}, seeds=1)


def test_a_claim_about_drums_needs_these_drums(tmp_path):
    judge(tmp_path / "results", {})
    for path in (tmp_path / "results").iterdir():
        path.write_text(path.read_text().replace('"cymbal"', '"hat"'))
    claims = {f.claim for f in judge_all(Results(tmp_path / "results"))}
    assert "C10" not in claims and "C9a" in claims


def test_every_rule_is_tried_both_ways(tmp_path):
    claims = {key[0] for key in judge(tmp_path / "results", {})}
    alike = {"C12 (100)", "C12 (1000)", "bfloat16"}
    assert claims - alike == {claim for claim, *_ in PLANTED}


def test_where_seeds_scatter_nothing_is_decided(tmp_path):
    verdicts = judge(tmp_path / "results", {}, scatter=0.8)
    undecided = {UNDECIDED}
    assert {v for (claim, _), v in verdicts.items() if claim != "C6b"} == (
        undecided
    )


def test_many_seeds_tell_whether_precisions_are_equal(tmp_path):
    def of_kad(verdicts):
        return verdicts[
            "bfloat16", "KAD, float32 above the base; limit one deviation"
        ]

    equal = judge(tmp_path / "equal", {}, scatter=0.1, seeds=12)
    assert of_kad(equal) == CONFIRMED
    few = judge(tmp_path / "few", {}, scatter=0.1)
    assert of_kad(few) == UNDECIDED
    other = judge(tmp_path / "other", {"float32": {"kad": 20}})
    assert of_kad(other) == REFUTED


def test_a_classifier_that_errs_on_real_sounds_decides_nothing(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(REAL, "accuracy", {"accuracy": 0.94})
    verdicts = judge(tmp_path / "results", {"base": {"accuracy": 0.5}})
    assert verdict(verdicts, "C1b") == verdict(verdicts, "C2") == UNDECIDED
    assert verdict(verdicts, "C6a") == CONFIRMED


def test_a_rule_whose_trainings_are_missing_is_silent(tmp_path):
    judge(tmp_path / "results", {})
    for path in (tmp_path / "results").glob("onehot_*"):
        path.unlink()
    findings = judge_all(Results(tmp_path / "results"))
    assert "C2" not in {finding.claim for finding in findings}


def test_a_rule_needs_two_seeds_of_what_it_speaks_of(tmp_path):
    judge(tmp_path / "results", {})
    (tmp_path / "results/latent3_1.json").unlink()
    found = Results(tmp_path / "results")
    claims = {f.claim for f in judge_all(found)}
    assert "C6b" in claims and not claims & {"C6a", "C7a", "C7b"}
    assert left_out(found) == {"1 of two seeds of latent3": ["C6a", *C7[:2]]}


def test_how_other_settings_scatter_says_nothing_of_a_level(tmp_path):
    folder = tmp_path / "results"
    judge(folder, {})
    for seed, accuracy in enumerate((0.75, 0.95)):
        text = json.dumps(result("base", seed, accuracy=accuracy))
        (folder / f"base_{seed}.json").write_text(text)
    (found,) = (f for f in judge_all(Results(folder)) if f.claim == "C1b")
    assert found.verdict == UNDECIDED
    half = stats.t.ppf(0.975, 1) * 20 / 2  # points
    assert found.effect.low == pytest.approx(12 - half)


def drop(folder, pattern, *parts):
    """Takes parts out of results."""
    for path in folder.glob(pattern):
        figures = json.loads(path.read_text())
        for part in parts:
            del figures[part]
        path.write_text(json.dumps(figures))


def test_a_rule_whose_part_nothing_measured_is_silent(tmp_path):
    judge(tmp_path / "results", {})
    drop(tmp_path / "results", "*_*.json", "paths")
    found = Results(tmp_path / "results")
    claims = {f.claim for f in judge_all(found)}
    assert "C6b" in claims and not claims & set(C7)
    assert not left_out(found)


def test_what_a_rule_does_not_speak_of_takes_no_verdict_away(tmp_path):
    """As of a variant that was added later, with no parts."""
    verdicts = judge(tmp_path / "results", {})
    for other in ("average", "shuffle4"):
        drop(tmp_path / "results", f"{other}_*.json", *PARTS)
    found = Results(tmp_path / "results")
    assert {
        (f.claim, f.measured): f.verdict for f in judge_all(found)
    } == verdicts
    assert not left_out(found)


def test_a_verdict_that_is_missing_is_explained(tmp_path, capsys):
    folder = tmp_path / "results"
    judge(folder, {})
    drop(folder, "shuffle0_1.json", *PARTS)
    drop(folder, "base_0.json", "paths")
    report.write(folder)
    said = (
        "Not judged: C7a, C7b, C7c (base_0.json has no paths); "
        "C8b (shuffle0_1.json has no critic).\n"
    )
    assert said in capsys.readouterr().out
    assert said in (folder / "claims.md").read_text()
    written = json.loads((folder / "claims.json").read_text())
    claims = {finding["claim"] for finding in written}
    assert not claims & {*C7, "C8b"} and {"C8a", "C8c"} < claims


def test_rules_have_the_names_of_their_findings(tmp_path):
    judge(tmp_path / "results", {})
    found = Results(tmp_path / "results")
    names = [finding.claim for finding in judge_all(found)]
    assert names == [rule.claim for rule in RULES]


@pytest.mark.parametrize(
    ("name", "content"),
    [("real.json", "{"), ("base_0.json", "{"), ("base_x.json", "{}")],
)
def test_damaged_results_are_told_of(tmp_path, name, content):
    judge(tmp_path / "results", {})
    (tmp_path / "results" / name).write_text(content)
    with pytest.raises(cli.UsageError, match=name):
        Results(tmp_path / "results")


def test_results_without_the_base_are_none(tmp_path):
    with pytest.raises(cli.UsageError, match="holds no results"):
        Results(tmp_path)


def test_the_report_says_it_in_words_and_draws_it(tmp_path, capsys):
    folder = tmp_path / "results"
    judge(folder, {"unlabelled": {"mixture": 20}})
    report.write(folder)
    said = capsys.readouterr().out
    assert "C1a          CONFIRMED  labels improve quality" in said
    assert "0.50 times (0.50 to 0.50)" in said
    written = json.loads((folder / "claims.json").read_text())
    assert len(written) == len(judge_all(Results(folder)))
    assert (folder / "claims.png").stat().st_size > 10_000


# Growing ------------------------------------------------------------------


def curve(kads, comb=1.0, step=10.0):
    return {
        "points": [
            {"iteration": i, "seconds": step * (i + 1), "kad": kad}
            for i, kad in enumerate(kads)
        ],
        "comb dB": {"1": comb, "2": comb},
    }


def growing_verdicts(*pairs):
    runs = {}
    for seed, (direct, grown) in enumerate(pairs):
        runs |= {f"direct_{seed}": direct, f"grown_{seed}": grown}
    found = growing.judge_all({"runs": runs})
    return {finding.claim: finding for finding in found}


def test_of_no_whole_pair_nothing_is_said():
    assert growing.judge_all({"runs": {"direct_0": curve([4, 3])}}) == []


def test_a_training_that_grows_is_faster_cleaner_or_not():
    direct = curve([40, 30, 20, 10], comb=1)
    fast = curve([20, 10, 5, 5], comb=3)
    found = growing_verdicts((direct, fast), (direct, fast))
    claims = ("C3", "C4", "C5a", "C5b")
    verdicts = [found[claim].verdict for claim in claims]
    assert verdicts == [CONFIRMED, CONFIRMED, CONFIRMED, REFUTED]
    assert np.exp(found["C3"].effect.size) == pytest.approx(20 / 40)
    assert found["C5a"].effect.size == pytest.approx(-2)
    found = growing_verdicts((fast, direct), (fast, direct))
    verdicts = [found[claim].verdict for claim in claims]
    assert verdicts == [REFUTED, REFUTED, REFUTED, CONFIRMED]


def test_pairs_that_disagree_or_a_lone_one_decide_nothing():
    direct, fast = curve([40, 30, 20, 10]), curve([20, 10, 5, 5], comb=3)
    for found in (
        growing_verdicts((direct, fast), (fast, direct)),
        growing_verdicts((direct, fast)),
        # What two pairs agree in, but not closely.
        growing_verdicts((direct, fast), (direct, curve([30, 20, 15, 9], 1.1))),
    ):
        assert {finding.verdict for finding in found.values()} == {UNDECIDED}


def test_a_distance_that_is_not_above_zero_is_the_least():
    """Of a generator like the real sounds it is as often below zero."""
    direct, near = curve([4, 3]), curve([2, -0.1])
    found = growing_verdicts((direct, near), (direct, near))
    assert found["C5b"].effect.size == pytest.approx(np.log(3 / 0.1))
    assert np.isfinite(found["C4"].effect.size)


def test_a_head_start_is_read_at_equal_seconds():
    slow, fast = curve([40, 40, 40]), curve([20, 20, 20, 20, 20], step=7)
    assert growing.head_start(slow, fast) == pytest.approx(np.log(0.5))


def test_last_distances_are_read_at_equal_seconds():
    """One that goes on twice as long has not ended nearer for it."""
    short, long = curve([40, 20]), curve([40, 20, 10, 5])
    assert growing.last_distance(short, long) == 0
    assert growing.last_distance(long, short) == 0
    assert growing.last_distance(short, curve([5, 5])) == pytest.approx(
        np.log(4)
    )
