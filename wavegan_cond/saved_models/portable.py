"""The functions of a model as formats other than a SavedModel can hold them.

Two things differ. The equalizer filters by matrix products, for want of a
Fourier transform (``model.matrix_filter``). And there are no assertions: ONNX
has none, and a conversion to LiteRT drops them. So a second output says which
sounds to take:

  audio  float32 [N, T]; silence where valid is false
  valid  bool [N]; false where a SavedModel would raise an error

A sound that is refused leaves the others of its batch as they are.
"""

from collections.abc import Callable, Sequence

import tensorflow as tf

from wavegan_cond.model.match_eq import EqualizedGenerator, bring_down
from wavegan_cond.model.matrix_filter import MatrixFilter
from wavegan_cond.saved_models.load_run import SoundingGenerator
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.signatures import (
    Check,
    finish,
    is_finite,
    make_signatures,
)


def portable_functions(
    generator: SoundingGenerator, info: ModelInfo
) -> dict[str, tf.types.experimental.PolymorphicFunction]:
    """Returns generate, mix and steer; what they return is said above.

    Args:
      generator: a float32 generator.
      info: its description.
    """
    if isinstance(generator, EqualizedGenerator):
        generator = EqualizedGenerator(
            generator.generator, _matrix_equalizer(generator)
        )
    return {
        name: tf.function(function, specs, autograph=False)
        for name, (function, specs) in make_signatures(
            generator, info, mark
        ).items()
    }


def mark(
    checks: Sequence[Check], inputs: Sequence[tf.Tensor], make: Callable
) -> dict[str, tf.Tensor]:
    """Returns audio, and which sounds of it are valid; see above.

    A guard, with the arguments of ``signatures.insist``.
    """
    valid = checks[0].holds
    for check in checks[1:]:
        valid &= check.holds
    wave = make(*(_where(valid, each) for each in inputs))
    valid &= tf.reduce_all(is_finite(wave), axis=(1, 2))
    return {"audio": _where(valid, finish(wave)), "valid": valid}


def _where(valid: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Returns ``values`` [N, ...], and zeros where they are not valid."""
    shape = [-1] + [1] * (values.shape.rank - 1)
    # Not zeros_like, which is a product with 0 in ONNX: NaN of NaN.
    return tf.where(
        tf.reshape(valid, shape), values, tf.zeros([], values.dtype)
    )


def _matrix_equalizer(generator: EqualizedGenerator) -> Callable:
    """Returns what stands for the equalizer of a generator."""
    taps = generator.match_eq.taps.numpy()
    matrix_filter = MatrixFilter(taps, generator.length)
    return lambda wave, class_weights: bring_down(
        matrix_filter(wave[:, :, 0], class_weights)
    )
