"""The convolutions of WaveGAN in polyphase form, and phase shuffle.

Letters: B batch, T samples, C channels, k taps of a kernel, r resampling
factor. Pure Keras 3: nothing here belongs to one backend.

A kernel variable is always WaveGAN's (k = 25 taps), so counts, initial values
and checkpoints are those of the textbook form. What differs is the arithmetic:

* Nearest-neighbour upsampling followed by a SAME convolution reads every low
  rate sample r times over. Output phase p meets tap t at low rate offset
  floor((p + t - (k - 1) / 2) / r), so the taps that meet the same sample can be
  summed first: one convolution at the low rate with r times the channels and
  (k - 1) / r + 1 taps. For k = 25 and r = 4: 7 taps instead of 25.
* A SAME convolution with stride r is a convolution without stride on the
  signal viewed as [B, T / r, r * C].

Both are equal to the textbook layers, edges included, up to rounding.
"""

from typing import Any

import keras
from keras import ops

from wavegan_cond.model.layout import KERNEL_SIZE
from wavegan_cond.model.tensor import Tensor

LEAK = 0.2  # slope of the critic's leaky ReLU below zero

# Where few samples meet very many weights, a convolution library spends its
# time on the weights, and one matrix product is up to three times faster
# (measured: 16 samples and 1024 x 2048 weights a tap; not at 64 samples).
SHORT = 16  # samples
WIDE = 2**20  # weights a tap


class ResamplingConv1D(keras.layers.Layer):
    """Base of both convolutions: a kernel of 25 taps and a bias.

    Args:
      filters: channels of the output.
      factor: resampling factor r, which divides 12.
      seed: of the Glorot-uniform kernel; biases start at zero.
    """

    def __init__(
        self, filters: int, factor: int = 4, seed: int = 0, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.filters, self.factor, self.seed = filters, factor, seed
        self.taps = (KERNEL_SIZE - 1) // factor + 1  # at the low rate

    def add_kernel(self, shape: tuple[int, ...]) -> None:
        """Creates the variables; folding sums them in float32."""
        self.kernel = self.add_weight(
            shape=shape,
            initializer=keras.initializers.GlorotUniform(self.seed),
            name="kernel",
            autocast=False,
        )
        self.bias = self.add_weight(
            shape=(self.filters,), initializer="zeros", name="bias"
        )


class UpsampleConv1D(ResamplingConv1D):
    """Upsamples by ``factor`` and convolves: [B, T, C] -> [B, r*T, filters].

    Args:
      method: "nn" repeats each sample (the paper), "zeros" puts zeros between
        them, a transposed convolution (WaveGAN).
    """

    def __init__(self, filters: int, method: str = "nn", **kwargs: Any):
        super().__init__(filters, **kwargs)
        self.method = method

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        channels = input_shape[-1]
        if self.method == "nn":
            self.add_kernel((KERNEL_SIZE, channels, self.filters))
        else:
            self.add_kernel((KERNEL_SIZE, self.filters, channels))

    def call(self, x: Tensor) -> Tensor:
        if self.method == "zeros":
            kernel = ops.cast(self.kernel, x.dtype)
            y = ops.conv_transpose(
                x, kernel, strides=self.factor, padding="same"
            )
            return y + self.bias
        kernel = ops.cast(self._phase_kernel(), x.dtype)
        y = convolve(x, kernel)  # [B, T, r * F]
        samples = x.shape[1] * self.factor
        return ops.reshape(y, (-1, samples, self.filters)) + self.bias

    def _phase_kernel(self):
        """Returns the kernel [taps, C, r * filters], phases outermost."""
        r, channels = self.factor, self.kernel.shape[1]
        phases = []
        for phase in range(r):
            padding = [[phase, r - 1 - phase], [0, 0], [0, 0]]
            taps = ops.pad(ops.convert_to_tensor(self.kernel), padding)
            shape = (self.taps, r, channels, self.filters)
            phases.append(ops.sum(ops.reshape(taps, shape), axis=1))
        return ops.concatenate(phases, axis=-1)


class DownsampleConv1D(ResamplingConv1D):
    """Convolves with stride ``factor``: [B, T, C] -> [B, T/r, filters]."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.add_kernel((KERNEL_SIZE, input_shape[-1], self.filters))

    def call(self, x: Tensor) -> Tensor:
        r, channels = self.factor, x.shape[-1]
        # SAME puts (k - r) // 2 zeros in front; whole blocks of r want a few
        # more, which meet zero taps.
        left = (KERNEL_SIZE - r) // 2
        front = -left % r
        back = self.taps * r - KERNEL_SIZE - front
        kernel = ops.convert_to_tensor(self.kernel)
        kernel = ops.pad(kernel, [[front, back], [0, 0], [0, 0]])
        shape = (self.taps, r * channels, self.filters)
        kernel = ops.cast(ops.reshape(kernel, shape), x.dtype)
        blocks = ops.reshape(x, (-1, x.shape[1] // r, r * channels))
        return convolve(blocks, kernel) + self.bias


def convolve(x: Tensor, kernel: Tensor) -> Tensor:
    """Returns the SAME convolution: [B, T, C], [k, C, F] -> [B, T, F].

    ``k`` is odd.
    """
    taps, channels, filters = kernel.shape
    samples = x.shape[1]
    if samples > SHORT or channels * filters < WIDE:
        return ops.conv(x, kernel, strides=1, padding="same")
    reach = taps // 2
    padded = ops.pad(x, [[0, 0], [reach, reach], [0, 0]])
    windows = [padded[:, tap : tap + samples] for tap in range(taps)]
    windows = ops.reshape(
        ops.concatenate(windows, axis=-1), (-1, taps * channels)
    )
    product = ops.matmul(windows, ops.reshape(kernel, (-1, filters)))
    return ops.reshape(product, (-1, samples, filters))


def phase_shuffle(x: Tensor, shift: Tensor, radius: int) -> Tensor:
    """Shifts ``x`` in time, filling the gap by reflection.

    Args:
      x: [B, T, C].
      shift: integer in [-radius, radius]; a scalar for the whole batch, or
        [B], one for each example. Positive delays.
      radius: largest shift (paper: s), less than T.

    Returns:
      [B, T, C]. Source: WaveGAN section 3.3, wavegan.py: apply_phaseshuffle.
    """
    padding = [[0, 0], [radius, radius], [0, 0]]
    padded = ops.pad(x, padding, mode="reflect")
    if len(shift.shape) == 0:
        return ops.slice(padded, (0, radius - shift, 0), ops.shape(x))
    chosen = ops.one_hot(radius - shift, 2 * radius + 1, dtype=x.dtype)
    shifted = [
        chosen[:, start, None, None] * padded[:, start : start + x.shape[1]]
        for start in range(2 * radius + 1)
    ]
    return sum(shifted[1:], start=shifted[0])
