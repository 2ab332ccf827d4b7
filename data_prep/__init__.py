"""From folders of sounds to batches; knows nothing of models.

What is named here is imported when it is first asked for: importing the
package loads no TensorFlow.
"""

import importlib

_MODULES = {
    "prepare": "data_prep.pipeline",
    "Options": "data_prep.pipeline",
    "Source": "data_prep.read_files",
    "open_store": "data_prep.store.store",
    "load_batches": "data_prep.store.batches",
}
__all__ = sorted(_MODULES)


def __getattr__(name: str):
    """Imports and returns a name of ``__all__``."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    """Lists what is offered beside what is loaded."""
    return sorted({*globals(), *__all__})
