"""Agreement of docker/ with setup.py, the scripts and itself."""

import json
import os
import re
import subprocess
import sys
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from experiments.common import preflight
from tests.fixtures.environments import ROOT, read_setup

DOCKER = ROOT / "docker"

# Takes docker's place on PATH and prints its arguments, one a line.
FAKE_DOCKER = "#!/bin/sh\nprintf '%s\\n' \"$@\"\n"


def dockerfile():
    """The instructions as (name, rest), with continuation lines joined."""
    text = (DOCKER / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if re.match("[A-Z]", line)]
    return [tuple(line.split(None, 1)) for line in lines]


def pins():
    text = (DOCKER / "requirements.txt").read_text("utf-8")
    found = re.findall(r"(?m)^([\w.-]+)==(\S+)$", text)
    return {canonicalize_name(name): version for name, version in found}


@pytest.fixture
def run(tmp_path):
    """Calls run.sh in a folder whose name has a space."""
    fake = tmp_path / "docker"
    fake.write_text(FAKE_DOCKER, encoding="utf-8")
    fake.chmod(0o755)
    here = tmp_path.resolve() / "my drums"
    here.mkdir()

    def call(*arguments, **variables):
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [DOCKER / "run.sh", *arguments],
            cwd=here,
            env={"PATH": path, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        return here, done.stdout.splitlines()

    return call


def test_pins_meet_setup():
    versions = pins()
    for requirement in map(Requirement, read_setup()["install_requires"]):
        version = versions[canonicalize_name(requirement.name)]
        assert version in requirement.specifier, requirement


def test_pins_bring_what_their_tensorflow_asks_for_with_its_cuda():
    versions = pins()
    if metadata.version("tensorflow") != versions["tensorflow"]:
        pytest.skip("another TensorFlow is installed here")
    asked = [
        requirement
        for requirement in map(Requirement, metadata.requires("tensorflow"))
        if not requirement.marker
        or requirement.marker.evaluate({"extra": "and-cuda"})
    ]
    assert any(requirement.name.startswith("nvidia") for requirement in asked)
    for requirement in asked:
        version = versions[canonicalize_name(requirement.name)]
        assert version in requirement.specifier, requirement


def test_the_linker_is_told_of_the_folders_of_the_base_images_python():
    (base,) = [rest for name, rest in dockerfile() if name == "FROM"]
    python = re.match(r"python:(\d\.\d+)-slim", base)[1]
    assert python in SpecifierSet(read_setup()["python_requires"])
    (told,) = [rest for _, rest in dockerfile() if "ldconfig" in rest]
    assert f"/usr/local/lib/python{python}/site-packages/nvidia/*/lib" in told


def test_entrypoint_is_in_exec_form_and_not_root():
    last = dict(dockerfile())
    assert json.loads(last["ENTRYPOINT"]) == ["python", "-m"]
    (module,) = json.loads(last["CMD"])
    assert (ROOT / (module.replace(".", "/") + ".py")).exists()
    assert int(last["USER"]) > 0


def test_all_that_is_copied_exists_and_is_let_into_the_context():
    lines = (DOCKER / "Dockerfile.dockerignore").read_text("utf-8").split("\n")
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        source
        for name, rest in dockerfile()
        if name == "COPY"
        for source in rest.split()[:-1]
    }
    assert copied == allowed
    assert all((ROOT / path).exists() for path in copied)


def test_run_maps_user_folder_and_gpus_and_passes_arguments_on(run):
    arguments = ["experiments.train", "--run_dir=a b", "--require_gpu"]
    here, words = run(*arguments)
    text = " ".join(words)
    assert words[0] == "run"
    assert f"--user {os.getuid()}:{os.getgid()}" in text
    assert f"--volume {here}:{here} --workdir {here}" in text
    assert "--gpus all" in text
    assert "--init" in words and "--tty" not in words
    assert words[-4:] == ["wavegan-cond", *arguments]


def test_the_page_that_explore_serves_is_reached_from_outside(run):
    _, words = run("experiments.explore", "--port=8000")
    assert words[words.index("--network") + 1] == "host"
    assert "--network" not in run("experiments.train")[1]


def test_run_takes_data_gpus_and_image_from_the_environment(run, tmp_path):
    data = tmp_path / "other drums"
    data.mkdir()
    _, words = run(
        "experiments.train",
        WAVEGAN_DATA=str(data),
        WAVEGAN_GPUS="none",
        WAVEGAN_IMAGE="mine",
    )
    assert f"{data}:{data}:ro" in words
    assert "--gpus" not in words
    assert words[-2:] == ["mine", "experiments.train"]


@pytest.mark.slow
def test_smoke_prepares_a_kit_and_trains_on_nothing_but_a_gpu(tmp_path):
    """With an image whose commands run here; where there is no GPU."""
    fake = tmp_path / "docker"
    fake.write_text(
        "#!/bin/sh\n"
        'until [ "$1" = wavegan-cond ]; do shift; done\n'
        f'shift; exec "{sys.executable}" -m "$@"\n',
        encoding="utf-8",
    )
    fake.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    hidden = {"CUDA_VISIBLE_DEVICES": "", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [DOCKER / "smoke.sh"],
        env={**os.environ, **hidden, "PATH": path, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "kit: 96 sounds" in done.stdout
    assert "GPU" in done.stderr.splitlines()[-1]
    assert "the image trains" not in done.stdout
    assert list(tmp_path.iterdir()) == [fake]


def test_readme_names_the_file_to_build():
    text = (DOCKER / "README.md").read_text("utf-8")
    assert f"--file {DOCKER.name}/Dockerfile" in text


def test_composed_workers_name_each_other():
    text = (DOCKER / "compose.yaml").read_text("utf-8")
    configs = re.findall(r"TF_CONFIG: '(.*)'", text)
    chiefs = [
        preflight.check_cluster(config, "multi_worker") for config in configs
    ]
    assert chiefs == [True, False]
    clusters = [json.loads(config)["cluster"] for config in configs]
    assert clusters[0] == clusters[1]
    hosts = [a.split(":")[0] for a in clusters[0]["worker"]]
    assert hosts == re.findall(r"(?m)^  (worker\d):", text)
    assert "--strategy=multi_worker" in text
