"""The type of what the networks compute with.

The tensors of Keras's backends, and those that stand for none yet, have no
class in common: the name says what a hint cannot.
"""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any
