"""The benchmark's own arithmetic."""

import numpy as np
import pytest

from experiments.benchmark import __main__ as benchmark
from experiments.benchmark import devices, instrument, training
from experiments.common import cli
from tests.fixtures import commands
from tests.fixtures.commands import refused
from wavegan_cond.config import LENGTHS
from wavegan_cond.training.strategy import DeviceError


def test_versions_take_turns_and_the_median_counts():
    order = []
    seconds = training.take_turns(
        {"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3
    )
    assert order == ["a", "b"] * 4  # one turn each to warm up
    assert set(seconds) == {"a", "b"}


def test_what_is_emulated_is_not_timed(monkeypatch, capsys):
    monkeypatch.setattr(training.precision, "has_bfloat16", lambda: False)
    assert training.usable_forms() == training.FORMS[:2]
    assert "emulates" in capsys.readouterr().out


def test_on_a_gpu_compiled_training_is_timed_and_formats_are_not(
    monkeypatch, capsys
):
    monkeypatch.setattr(training.precision, "has_bfloat16", lambda: True)
    monkeypatch.setattr(training, "has_gpu", lambda: True)
    assert training.usable_forms() == (*training.FORMS, training.COMPILED)
    commands.call(benchmark, only="formats")
    assert "left out" in capsys.readouterr().out


def test_the_compiled_form_is_that_of_training():
    step = training.make_step("polyphase float32 XLA", 1, 64, 2)
    assert np.isfinite(step["iteration"]())


def test_communication_meets_computing_where_the_two_times_are_equal():
    found = devices.on_paper(64, 16384, 64)
    # G of Z = 3 once and D five times, in float32.
    size = 4 * (17_489_863 + 5 * 18_265_303)
    assert found["MB of gradients"] == pytest.approx(size / 1e6)
    link = devices.LINKS["100 Gb/s"]
    count = found["GPUs at 100 Gb/s"]
    computing = found["TFLOP"] * 1e12 / count / devices.DEVICE
    sending = 2 * (count - 1) / count * size / link
    assert computing == pytest.approx(sending)


def test_the_memory_of_preparation_is_not_that_of_a_gpu(monkeypatch):
    from experiments.benchmark import preparation

    monkeypatch.setattr(training, "has_gpu", lambda: True)
    clock = preparation.Clock()
    assert list(clock(range(4), 4)) == [0, 1, 2, 3]
    assert clock.growth >= 0


def test_preparation_is_timed_on_real_files(tmp_path, monkeypatch):
    from data_prep.kit import demo_kit
    from experiments.benchmark import preparation

    monkeypatch.setattr(preparation, "WARM_UP", 2)
    demo_kit.write_kit(tmp_path / "kit", 4, seed=0)
    (tmp_path / "kit/broken.wav").write_bytes(b"RIFF")  # librosa refuses it
    figures = preparation.measure(str(tmp_path / "kit"), tmp_path)
    (row,) = figures.values()
    assert all(value >= 0 for value in row.values())
    expected = row["files/s"] / row["librosa.load files/s"]
    assert row["times librosa"] == pytest.approx(expected)


def test_a_folder_without_sounds_is_told(tmp_path):
    from data_prep.kept_classes import PrepareError
    from experiments.benchmark import preparation

    (tmp_path / "kit").mkdir()
    with pytest.raises(PrepareError, match="no "):
        preparation.measure(str(tmp_path / "kit"), str(tmp_path))
    assert np.isnan(preparation.library_rate(str(tmp_path / "kit")))


@pytest.mark.parametrize(
    ("flag", "why"),
    [
        ("--only=speed", ": expected some of training"),
        ("--input_dir=nope", " is not a folder"),
        ("--output=/dev/null/x.json", ": expected a file in a folder"),
        ("--output=kick.wav", ": expected a name that ends in .json"),
        ("--length=100", ": expected one of 64, 256"),
        ("--batch_size=7", ": devices are two"),
        ("--widths=a", ": expected whole numbers above 0"),
        ("--widths=16,0", ": expected whole numbers above 0"),
        ("--widths=-3", ": expected whole numbers above 0"),
        ("--widths=", " is empty"),
    ],
)
def test_flags_are_checked_before_anything_is_timed(capsys, flag, why):
    assert flag + why in refused(capsys, benchmark, flag)


def test_a_processor_is_not_timed_where_a_gpu_is_required(tmp_path, capsys):
    output = tmp_path / "figures.json"
    settings = benchmark.Settings(require_gpu=True, output=str(output))
    with pytest.raises(DeviceError, match="sees no GPU"):
        benchmark.run(settings)
    assert not output.exists() and not capsys.readouterr().out


def test_every_length_of_a_model_can_be_timed():
    for length in LENGTHS:
        benchmark.check(benchmark.Settings(length=length))


def test_a_report_of_another_command_is_not_replaced(tmp_path):
    path = tmp_path / "report.json"
    for content in ('{"model": {}, "data": "x", "side": "test"}', "mine"):
        path.write_text(content)
        with pytest.raises(cli.UsageError, match="was not made here"):
            benchmark.check(benchmark.Settings(output=str(path)))
    path.write_text('{"training": {}, "memory": {}}')
    benchmark.check(benchmark.Settings(output=str(path)))


def test_what_is_no_sound_is_not_timed(monkeypatch):
    monkeypatch.setattr(instrument, "drag", lambda info, count: ["{}"])
    with pytest.raises(RuntimeError, match="expected JSON"):
        instrument.time_drag()


def test_a_drag_is_timed_on_a_served_model():
    figures = instrument.time_drag()
    (row,) = figures.values()
    assert 0 < row["ms (p50)"] <= row["ms (p99)"] < 10_000
