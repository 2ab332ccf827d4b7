"""Shared parts of the generator and the critic: blocks, seeds, the label.

Letters: B batch, T samples, C channels, W size of a label's embedding. Pure
Keras 3.
"""

import zlib
from typing import Any

import keras
from keras import ops

from wavegan_cond.model.tensor import Tensor


class ConditionalNetwork(keras.Model):
    """Base of both networks: turns a label into one more channel.

    Args:
      length: samples of a sound.
      full_length: samples of a sound once it has grown (T): what the channels
        of each block follow from. ``length`` of a plain network.
      fading: whether the newest blocks are faded in: the network then holds
        the audio layer of the stage before too, and a weight ``fade``.
      width: base width (d).
      num_classes: labels are 0 .. num_classes - 1.
      embedding_dim: size of the label embedding (w).
      conditioning: "embedding", "onehot" (the same dense layer behind a
        one-hot vector) or "none" (the label is not used).
      seed: of the initial weights; each layer's follow from it and its name.
    """

    def __init__(
        self,
        length: int,
        full_length: int,
        fading: bool,
        width: int,
        num_classes: int,
        embedding_dim: int,
        conditioning: str,
        seed: int,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.length, self.full_length = length, full_length
        self.width, self.seed = width, seed
        self.num_classes = num_classes
        self.conditioning = conditioning
        self.fading = fading
        if fading:
            self.fade = self.add_weight(
                shape=(),
                initializer="ones",
                trainable=False,
                autocast=False,
                name="fade",
            )
        if conditioning == "embedding":
            self.label_embedding = keras.layers.Embedding(
                num_classes,
                embedding_dim,
                embeddings_initializer=keras.initializers.RandomUniform(
                    -0.05, 0.05, seed=self.layer_seed("label_embedding")
                ),
                name="label_embedding",
                dtype="float32",
            )

    def layer_seed(self, name: str) -> int:
        """Returns the seed of a layer's initial weights."""
        text = f"{self.seed}/{type(self).__name__}/{name}"
        return zlib.crc32(text.encode()) & 0x7FFFFFFF

    def dense(
        self, units: int, name: str, dtype: str | None = None
    ) -> keras.layers.Dense:
        """Returns a linear layer with a Glorot-uniform kernel.

        Args:
          units: of the output.
          name: of the layer, from which its seed follows.
          dtype: of its arithmetic; None for that of the network.
        """
        return keras.layers.Dense(
            units,
            kernel_initializer=keras.initializers.GlorotUniform(
                self.layer_seed(name)
            ),
            name=name,
            dtype=dtype or self.dtype_policy,
        )

    def embed(self, label: Tensor) -> Tensor | None:
        """Returns what stands for the labels: [B] -> [B, W], or None."""
        if self.conditioning == "embedding":
            return self.label_embedding(label)
        if self.conditioning == "onehot":
            return ops.one_hot(label, self.num_classes, dtype="float32")
        return None

    def embed_mix(self, class_weights: Tensor) -> Tensor | None:
        """Returns a mixture of label embeddings.

        Args:
          class_weights: float [B, num_classes]; a one-hot row is that label.

        Returns:
          [B, W], or None for an unconditional network.
        """
        if self.conditioning == "embedding":
            return ops.matmul(class_weights, self.label_embedding.embeddings)
        return class_weights if self.conditioning == "onehot" else None


def add_plane(
    x: Tensor, embedded: Tensor | None, dense: keras.layers.Layer | None
) -> Tensor:
    """Appends the label to ``x`` as one more channel: [B, T, C + 1].

    Args:
      x: [B, T, C].
      embedded: what stands for the labels, [B, W]; None leaves ``x`` as it is.
      dense: layer that makes T numbers of W; None where none are needed.
    """
    if embedded is None:
        return x
    plane = ops.expand_dims(dense(embedded), -1)  # [B, T, 1]
    return ops.concatenate([x, ops.cast(plane, x.dtype)], axis=-1)


def variables_of(
    owner: keras.Model | keras.optimizers.Optimizer, part: str
) -> dict[str, Any]:
    """Returns a network's or optimizer's variables, named below ``part``.

    Raises:
      ValueError: two of them share a name.
    """
    named = {}
    for variable in owner.variables:
        path = variable.path.split("/", 1)[-1]
        named[f"{part}/{path}"] = variable.value
    if len(named) != len(owner.variables):
        raise ValueError(f"two variables of {part} share a name")
    return named
