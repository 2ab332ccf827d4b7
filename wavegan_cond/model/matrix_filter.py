"""The filter of a match EQ as a few matrix products.

``match_eq.equalize`` filters by fast Fourier transforms of 5 T / 4 samples,
which neither ONNX nor LiteRT has (20,480 is no power of two, and they know no
complex numbers). Here the same transforms are matrix products in real numbers:
Cooley and Tukey's step, once. A signal of R rows and C columns is transformed
along its columns, turned by a twiddle factor, and transformed along its rows.
The signal is real, so half the rows of its spectrum suffice. At T = 16,384 that
is 16 million multiplications a sound; as a convolution it would be 68 million,
and with a kernel for each sound of a batch. Pure Keras 3.

Letters: B batch, T samples, R rows, C columns, K = R / 2 + 1 rows of spectra.
"""

import math

import numpy as np
from keras import ops

from wavegan_cond.model.tensor import Tensor


class MatrixFilter:
    """Filters sounds, each by its mixture of taps: equal to ``match_eq``'s.

    Args:
      taps: of the filter of each class, float [num_classes, n].
      length: samples of a sound (T), 64 or more; T + n has its factors of two.
    """

    def __init__(self, taps: np.ndarray, length: int):
        size = length + taps.shape[1]
        columns = 2 ** int(math.log2(length) // 2)
        rows = size // columns
        self.length, self.columns = length, columns
        self.filled = length // columns  # rows; zeros follow
        self.half = rows // 2 + 1
        spectrum = np.fft.fft(np.asarray(taps, np.float64), size)
        # Bin k + R j stands in row k, column j.
        spectrum = spectrum.reshape(-1, columns, rows)[:, :, : self.half]
        planes = np.swapaxes(_planes(spectrum), 1, 2)
        self.spectra = np.float32(planes.reshape(len(taps), -1))
        self._make_matrices(rows, size)

    def _make_matrices(self, rows: int, size: int) -> None:
        """Makes the matrices of both ways; numpy's fft gives their angles."""
        row, column = np.arange(self.half), np.arange(self.columns)
        down = np.fft.fft(np.eye(rows))[: self.filled, : self.half]
        across = np.fft.fft(np.eye(self.columns))
        self.down = np.float32(_planes(down))
        self.turn = np.exp(-2j * np.pi / size * np.outer(row, column))
        self.across = np.float32(_complex_matrix(across))
        self.back_across = np.float32(_complex_matrix(across.conj()))
        # The rows that are left out are conjugates of those that count twice.
        twice = np.where(row % (rows // 2), 2, 1)[:, None] / size
        up = twice * down.conj().T
        self.up = np.float32(np.concatenate([up.real, -up.imag]))

    def __call__(self, wave: Tensor, class_weights: Tensor) -> Tensor:
        """Returns filtered sounds: [B, T], [B, num_classes] -> [B, T].

        What a filter gives after the end is lost.
        """
        x = ops.reshape(wave, (-1, self.filled, self.columns))
        x = ops.matmul(ops.transpose(x, (0, 2, 1)), self.down)  # [B, C, 2 K]
        x = ops.transpose(x, (0, 2, 1))
        real, imaginary = x[:, : self.half], x[:, self.half :]  # [B, K, C]
        x = _multiply(real, imaginary, *_parts(self.turn))
        x = ops.matmul(ops.concatenate(x, axis=-1), self.across)
        gains = ops.matmul(class_weights, self.spectra)
        gains = ops.reshape(gains, (-1, self.half, 2 * self.columns))
        x = _multiply(*self._split(x), *self._split(gains))
        x = ops.matmul(ops.concatenate(x, axis=-1), self.back_across)
        x = _multiply(*self._split(x), *_parts(self.turn.conj()))
        x = ops.transpose(ops.concatenate(x, axis=1), (0, 2, 1))  # [B, C, 2 K]
        x = ops.matmul(x, self.up)  # [B, C, filled]
        return ops.reshape(ops.transpose(x, (0, 2, 1)), (-1, self.length))

    def _split(self, x):
        """Returns real and imaginary part of [..., 2 C]."""
        return x[..., : self.columns], x[..., self.columns :]


def _parts(values: np.ndarray) -> tuple:
    return np.float32(values.real), np.float32(values.imag)


def _planes(values: np.ndarray) -> np.ndarray:
    """Returns [M, N, ...] as [M, 2 N, ...]: the imaginary parts come last."""
    return np.concatenate([values.real, values.imag], axis=1)


def _complex_matrix(matrix: np.ndarray) -> np.ndarray:
    """Returns the real matrix that multiplies rows of (real, imaginary)."""
    real, imaginary = matrix.real, matrix.imag
    return np.block([[real, imaginary], [-imaginary, real]])


def _multiply(a_real, a_imaginary, b_real, b_imaginary) -> tuple:
    """Returns the complex product of two, by their parts."""
    return (
        a_real * b_real - a_imaginary * b_imaginary,
        a_real * b_imaginary + a_imaginary * b_real,
    )
