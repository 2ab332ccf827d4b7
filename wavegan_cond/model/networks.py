"""Both networks, made from the settings of a run or of a growing stage."""

from keras import ops

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model.critic import Critic
from wavegan_cond.model.generator import Generator
from wavegan_cond.schedule import Stage


def make_networks(
    config: ModelConfig,
    seed: int = 0,
    precision: str = "float32",
    stage: Stage | None = None,
    train: TrainConfig | None = None,
) -> tuple[Generator, Critic]:
    """Returns both networks with their variables made.

    Args:
      config: their shape.
      seed: of the initial weights.
      precision: "float32" or "mixed_bfloat16".
      stage: of a progressive training; None for the full networks.
      train: of which the settings of the critic's input count.
    """
    return (
        make_generator(config, seed, precision, stage=stage),
        make_critic(config, seed, precision, stage, train),
    )


def make_generator(
    config: ModelConfig,
    seed: int = 0,
    precision: str = "float32",
    name: str = "generator",
    stage: Stage | None = None,
) -> Generator:
    """Returns a generator with its variables made."""
    generator = Generator(
        latent_dim=config.latent_dim,
        upsampling=config.upsampling,
        post_filter=config.post_filter,
        noise=config.noise,
        partials=config.partials,
        envelope=config.envelope,
        sample_rate=config.sample_rate,
        **network_settings(config, stage),
        seed=seed,
        dtype=precision,
        name=name,
    )
    generator(ops.zeros((1, config.latent_dim)), ops.zeros((1,), "int32"))
    return generator


def make_critic(
    config: ModelConfig,
    seed: int = 0,
    precision: str = "float32",
    stage: Stage | None = None,
    train: TrainConfig | None = None,
) -> Critic:
    """Returns a critic with its variables made."""
    train = train or TrainConfig()
    critic = Critic(
        phase_shuffle=config.phase_shuffle,
        whitening=bool(train.whitening),
        compression=train.compression,
        spectrogram=train.spectrogram,
        sample_rate=config.sample_rate,
        **network_settings(config, stage),
        seed=seed,
        dtype=precision,
        name="critic",
    )
    label = ops.zeros((1,), "int32")
    critic(critic.filter(ops.zeros((1, critic.length, 1)), label), label)
    return critic


def network_settings(config: ModelConfig, stage: Stage | None = None) -> dict:
    """Returns the arguments that both networks take from a config."""
    return {
        "length": stage.length if stage else config.length,
        "full_length": config.length,
        "fading": bool(stage and stage.fade_iterations),
        "width": config.width,
        "num_classes": len(config.classes),
        "embedding_dim": config.embedding_dim,
        "conditioning": config.conditioning,
    }
