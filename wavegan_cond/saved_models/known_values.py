"""What follows from constants alone, which TensorFlow computes early.

Whatever a size depends on is computed while a graph is built or loaded. Sizes
are few small integers: what needs more is refused before another operation can
ask for it.
"""

import math
from typing import Any

from wavegan_cond.synthesis.model_info import ModelError

MAX_NUMBERS = 1 << 16  # in a result
# What takes longer than to read its inputs; an export has a weight in each.
PRODUCTS = frozenset(
    "BatchMatMulV2 Conv2D Conv2DBackpropInput IRFFT MatMul RFFT".split()
)


class KnownValues:
    """The results that follow from constants, by name."""

    def __init__(self):
        self._names: set[str] = set()

    def add(self, operation: Any) -> None:
        """Takes in a tf.Operation whose results have known shapes.

        Raises:
          ModelError: it would take long or much memory to compute.
        """
        kind = operation.type
        if kind in ("Placeholder", "VarHandleOp"):
            return
        # What a Shape is the shape of need not be computed.
        names = {tensor.name for tensor in operation.inputs}
        if kind != "Shape" and not names <= self._names:
            return
        numbers = [math.prod(tensor.shape) for tensor in operation.outputs]
        if kind in PRODUCTS or max(numbers, default=0) > MAX_NUMBERS:
            raise ModelError(f"its {kind} computes much from constants alone")
        self._names.update(tensor.name for tensor in operation.outputs)
