"""From folders of sounds to batches; knows nothing of models.

What is named here is imported when it is first asked for: importing the
package loads no TensorFlow.
"""

import importlib

_MODULES = {
    # The module of that name: it can be called, see its end.
    "prepare": "data_prep.prepare",
    "open_store": "data_prep.store.store",
    "load_batches": "data_prep.store.batches",
}
__all__ = sorted(_MODULES)


def __getattr__(name: str):
    """Imports and returns a name of ``__all__``."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(_MODULES[name])
    return module if name == "prepare" else getattr(module, name)


def __dir__() -> list[str]:
    """Lists what is offered beside what is loaded."""
    return sorted({*globals(), *__all__})
