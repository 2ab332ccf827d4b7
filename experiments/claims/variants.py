"""Variants trained to test the claims: one change at a time from the base."""

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Variant:
    """One training setting.

    Attributes:
      name: of its run folders and results.
      change: what differs from the base, in words.
      flags: of ``experiments.train``, beside those of the protocol.
      sounds: training sounds of each class; 0: all there are.
    """

    name: str
    change: str
    flags: Mapping[str, object] = dataclasses.field(default_factory=dict)
    sounds: int = 0


BASE = "base"
PARTS = ("mixture", "paths", "latent", "critic")  # measured beside a report
VARIANTS = {
    variant.name: variant
    for variant in (
        Variant(BASE, "none: the settings of the protocol"),
        Variant("unlabelled", "no labels", {"conditioning": "none"}),
        Variant("onehot", "one-hot labels", {"conditioning": "onehot"}),
        Variant("latent3", "Z = 3", {"latent_dim": 3}),
        Variant("shuffle0", "no phase shuffle", {"phase_shuffle": 0}),
        Variant("shuffle4", "phase shuffle s = 4", {"phase_shuffle": 4}),
        Variant("zeros", "transposed convolutions", {"upsampling": "zeros"}),
        Variant("sounds100", "100 sounds a class", sounds=100),
        Variant("sounds300", "300 sounds a class", sounds=300),
        Variant("sounds1000", "1000 sounds a class", sounds=1000),
        Variant("float32", "float32", {"precision": "float32"}),
        Variant("bfloat16", "bfloat16", {"precision": "mixed_bfloat16"}),
        Variant("average", "average of the weights", {"average": 0.99}),
        Variant("rate5", "learning rate 5e-4", {"learning_rate": 5e-4}),
        Variant("uniform", "z uniform in [-1, 1]", {"prior": "uniform"}),
        Variant(
            "wavegan_adam",
            "Adam of WaveGAN: 1e-4, 0.5, 0.9",
            {"learning_rate": 1e-4, "beta_2": 0.9},
        ),
        # Back to the paper from settings that differ, see recipe_cpu.flags.
        Variant("updates5", "five critic updates", {"critic_updates": 5}),
        Variant("rate2", "learning rate 2e-4", {"learning_rate": 2e-4}),
        Variant("beta5", "Adam, β1 = 0.5", {"beta_1": 0.5}),
        Variant("constant", "a constant learning rate", {"half_life": 0}),
        Variant("plain", "no whitening", {"whitening": 0.0}),
        Variant("compressed", "compression 0.5", {"compression": 0.5}),
        Variant("equalized", "match EQ", {"match_eq": True}),
        Variant("last", "no average of the weights", {"average": 0.0}),
        Variant("shuffle2", "phase shuffle s = 2", {"phase_shuffle": 2}),
        Variant("latent100", "Z = 100", {"latent_dim": 100}),
        # Parts of best.flags left out one by one, see levers_cpu.flags.
        Variant("noise0", "no noise", {"noise": False}),
        Variant("partials0", "no partials", {"partials": 0}),
        Variant("envelope0", "no envelope", {"envelope": False}),
        Variant("spectrogram0", "no spectrograms", {"spectrogram": False}),
        Variant("uncompressed", "no compression", {"compression": 0.0}),
        Variant("unequalized", "no match EQ", {"match_eq": False}),
        Variant("latent8", "Z = 8", {"latent_dim": 8}),
        Variant("latent32", "Z = 32", {"latent_dim": 32}),
        # Of its other settings, see settings_cpu.flags.
        Variant("average99", "average of the weights, 0.99", {"average": 0.99}),
        Variant(
            "average9995", "average of the weights, 0.9995", {"average": 0.9995}
        ),
        # What could give it more variety, see variety_cpu.flags.
        Variant("rate10", "learning rate 1e-3", {"learning_rate": 1e-3}),
    )
}
