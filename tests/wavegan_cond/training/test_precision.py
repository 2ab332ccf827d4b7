"""Which arithmetic a machine gets."""

import pytest
import tensorflow as tf

from experiments.common.machine import resolve_precision
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.training import precision
from wavegan_cond.training.config_file import to_json
from wavegan_cond.training.run_dir import RunDir

INTEL = "processor : 0\nflags\t\t: fpu avx2 avx512_bf16 amx_bf16 amx_tile\n"
ZEN_3 = "processor : 0\nflags\t\t: fpu sse2 avx avx2 fma\nbugs : x_bf16\n"


@pytest.mark.parametrize(
    "text, expected", [(INTEL, True), (ZEN_3, False), ("", False)]
)
def test_the_flags_of_a_processor_say_whether_it_has_bfloat16(
    tmp_path, text, expected
):
    path = tmp_path / "cpuinfo"
    path.write_text(text)
    assert precision.cpu_has_bfloat16(path) == expected


def test_a_processor_that_says_nothing_gets_float32(tmp_path):
    assert not precision.cpu_has_bfloat16(tmp_path / "none")


@pytest.mark.parametrize(
    "capability, expected",
    [((7, 5), "float32"), ((8, 0), "mixed_bfloat16"), (None, "float32")],
)
def test_a_gpu_needs_the_capability(monkeypatch, capability, expected):
    details = {"compute_capability": capability} if capability else {}
    monkeypatch.setattr(tf.config, "get_visible_devices", lambda _: ["a GPU"])
    monkeypatch.setattr(
        tf.config.experimental, "get_device_details", lambda _: details
    )
    assert precision.resolve("auto") == expected


def test_what_is_asked_for_by_name_is_given():
    for name in ("float32", "mixed_bfloat16"):
        assert precision.resolve(name) == name


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("asked", ["mixed_bfloat16", "auto"])
def test_emulated_bfloat16_is_told_once(
    monkeypatch, capsys, tmp_path, native, asked
):
    """Also of a run that was begun where it is not emulated."""
    monkeypatch.setattr(precision, "has_bfloat16", lambda: native)
    run_dir, chosen = RunDir(tmp_path), TrainConfig(precision="mixed_bfloat16")
    run_dir.config.write_text(to_json(ModelConfig(), chosen))
    assert resolve_precision(run_dir, TrainConfig(precision=asked)) == chosen
    said = capsys.readouterr().err
    assert said.count("--precision=float32 is meant") == (not native)


@pytest.mark.parametrize("begun", ["float32", "mixed_bfloat16", None])
def test_a_run_keeps_the_precision_it_was_begun_with(
    monkeypatch, tmp_path, begun
):
    monkeypatch.setattr(precision, "has_bfloat16", lambda: begun != "float32")
    run_dir = RunDir(tmp_path)
    if begun:
        train = TrainConfig(precision=begun)
        run_dir.config.write_text(to_json(ModelConfig(), train))
    found = resolve_precision(run_dir, TrainConfig(precision="auto"))
    assert found.precision == (begun or "mixed_bfloat16")
