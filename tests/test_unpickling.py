"""Nothing that was read is ever run: no pickle, no eval, no loaded code."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("wavegan_cond", "data_prep", "experiments")

# Modules that run what they read.
MODULES = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib"}
MODULES |= {"marshal", "shelve", "code", "codeop", "imp"}
BUILT_IN = {"eval", "exec", "compile", "__import__"}
# Functions of any module, by their last name.
CALLS = {"run_path", "load_module", "exec_module"}
CALLS |= {"enable_unsafe_deserialization"}
# Functions that load a model, a pickle or an object, by their last two names.
LOADERS = {"models.load_model", "saving.load_model", "torch.load"}
LOADERS |= {"yaml.load", "yaml.unsafe_load", "pandas.read_pickle"}

# What is meant: a SavedModel that has been checked before, and those that the
# benchmark has exported itself.
MEANT = {
    ("wavegan_cond/saved_models/load.py", "saved_model.load"),
    ("experiments/benchmark/formats.py", "saved_model.load"),
}


def faults(source):
    """Calls in ``source`` that run what they read."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = {name.name.split(".")[0] for name in node.names}
            yield from names & MODULES
        elif isinstance(node, ast.ImportFrom):
            yield from {(node.module or "").split(".")[0]} & MODULES
        elif isinstance(node, ast.Call):
            yield from faults_of_call(node)


def faults_of_call(node):
    name = ast.unparse(node.func)
    last = name.rpartition(".")[2]
    given = {word.arg: word.value for word in node.keywords}
    if last in CALLS or name.removeprefix("builtins.") in BUILT_IN:
        yield name
    pair = ".".join(name.split(".")[-2:])
    if pair in LOADERS | {"saved_model.load"}:
        yield pair
    for word, wanted in (("allow_pickle", False), ("safe_mode", True)):
        if word in given and getattr(given[word], "value", None) is not wanted:
            yield f"{word} is not {wanted}"
    reads = name in ("np.load", "numpy.load", "np.lib.format.read_array")
    if reads and "allow_pickle" not in given:
        yield f"{name} without allow_pickle=False"
    if name.startswith("subprocess.") and "shell" in given:
        yield "a shell"


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_that_is_read_is_run(package):
    for path in (ROOT / package).rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        found = {(name, fault) for fault in faults(path.read_text("utf-8"))}
        assert found <= MEANT, found - MEANT


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "def f():\n    from joblib import load",
        "eval(text)",
        "builtins.exec(text)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "np.load(path, allow_pickle=allowed)",
        "np.lib.format.read_array(file)",
        "keras.models.load_model(path)",
        "keras.saving.load_model(path, safe_mode=False)",
        "tf.saved_model.load(path)",
        "subprocess.run(text, shell=True)",
        "torch.load(path)",
    ],
)
def test_what_would_run_is_found(source):
    assert list(faults(source))


def test_what_is_safe_is_not_found():
    safe = "re.compile(x); np.load(p, allow_pickle=False); gan.compile(a)"
    assert not list(faults(safe))
