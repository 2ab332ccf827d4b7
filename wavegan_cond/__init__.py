"""From a batch of waveforms to a loss, and from z to audio.

What is named here is imported when it is first asked for: importing the
package loads no TensorFlow.
"""

import importlib

_MODULES = {
    "load_model": "wavegan_cond.saved_models.load",
    "Generator": "wavegan_cond.model.generator",
    "Critic": "wavegan_cond.model.critic",
    "WaveGAN": "wavegan_cond.model.wavegan",
    "ModelConfig": "wavegan_cond.config",
    "TrainConfig": "wavegan_cond.config",
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
