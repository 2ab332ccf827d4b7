"""The paper's networks and an iteration of them, in plain PyTorch.

The layers are those of a textbook, and have the parameters of
``wavegan_cond.model``; nothing of it is imported. What is done for speed, and
how the losses are compiled, stands in ``pytorch``, which times them.
"""

import argparse
import random
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

KERNEL_SIZE = 25
START_LENGTH = 16  # samples in front of the first block
CLASSES, EMBEDDING_DIM = 3, 50
LEAK = 0.2
RADIUS = 2  # of phase shuffle (paper: s)
PENALTY_WEIGHT = 10.0
ROOT_EPSILON = 1e-12


class Generator(nn.Module):
    """z [B, Z] and labels [B] to sounds [B, 1, T].

    Args:
      width: base width (d).
      length: samples of a sound (T).
      latent_dim: size of z.
    """

    def __init__(self, width: int, length: int, latent_dim: int):
        super().__init__()
        factors = block_factors(length)
        channels = block_channels(width, len(factors))
        self.channels = channels[0]
        self.label_embedding = nn.Embedding(CLASSES, EMBEDDING_DIM)
        self.stem = nn.Linear(latent_dim, START_LENGTH * self.channels)
        self.label_plane = nn.Linear(EMBEDDING_DIM, START_LENGTH)
        self.up = nn.ModuleList()
        for index, factor in enumerate(factors):
            inputs = channels[index] + (index == 0)  # the label's plane
            convolution = nn.Conv1d(
                inputs, channels[index + 1], KERNEL_SIZE, padding="same"
            )
            upsample = nn.Upsample(scale_factor=factor, mode="nearest")
            self.up.append(nn.Sequential(upsample, convolution))
        self.apply(initialise)

    def forward(self, z, label):
        x = functional.relu(self.stem(z))
        x = x.view(-1, START_LENGTH, self.channels).transpose(1, 2)
        plane = self.label_plane(self.label_embedding(label))
        x = torch.cat([x, plane[:, None]], dim=1)
        for block in self.up[:-1]:
            x = functional.relu(block(x))
        return torch.tanh(self.up[-1](x).float())


class Critic(nn.Module):
    """Sounds [B, 1, T] and labels [B] to scores [B, 1].

    Args:
      width: base width (d).
      length: samples of a sound (T).
    """

    def __init__(self, width: int, length: int):
        super().__init__()
        factors = block_factors(length)
        channels = block_channels(width, len(factors))
        self.label_embedding = nn.Embedding(CLASSES, EMBEDDING_DIM)
        self.label_plane = nn.Linear(EMBEDDING_DIM, length)
        self.down, inputs = nn.ModuleList(), 2
        for factor, outputs in zip(factors, channels[-2::-1], strict=True):
            before = (KERNEL_SIZE - factor) // 2
            padding = (before, KERNEL_SIZE - factor - before)
            convolution = nn.Conv1d(inputs, outputs, KERNEL_SIZE, stride=factor)
            same = nn.ConstantPad1d(padding, 0.0)
            self.down.append(nn.Sequential(same, convolution))
            inputs = outputs
        self.head = nn.Linear(START_LENGTH * inputs, 1)
        self.apply(initialise)

    @property
    def num_shifts(self) -> int:
        """Number of phase shifts: one behind each block but the last."""
        return len(self.down) - 1

    def forward(self, wave, label, shifts):
        plane = self.label_plane(self.label_embedding(label))
        x = torch.cat([wave, plane[:, None]], dim=1)
        for index, block in enumerate(self.down):
            x = functional.leaky_relu(block(x), LEAK)
            if index < self.num_shifts:
                x = phase_shuffle(x, shifts[index])
        x = x.transpose(1, 2).flatten(1).float()
        with torch.autocast(x.device.type, enabled=False):
            return self.head(x)


def block_factors(length: int) -> list[int]:
    """Returns the resampling factor of each block, lowest rate first."""
    factors, produced = [], START_LENGTH
    while produced < length:
        factors.append(min(4, length // produced))
        produced *= factors[-1]
    return factors


def block_channels(width: int, blocks: int) -> list[int]:
    """Returns the channels behind the stem and behind each block of G.

    16 d, 8 d, ..., d, 1 for five blocks. The critic's double in their turn;
    where a factor is 2, it comes last in both.
    """
    return [width * 2**i for i in reversed(range(blocks))] + [1]


def initialise(module: nn.Module) -> None:
    """Gives a layer the initial weights of Keras."""
    if isinstance(module, nn.Embedding):
        nn.init.uniform_(module.weight, -0.05, 0.05)
    elif isinstance(module, nn.Linear | nn.Conv1d):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


def phase_shuffle(x: torch.Tensor, shift: int | torch.Tensor) -> torch.Tensor:
    """Delays [B, C, T] by ``shift``, an int or, where compiled, a tensor."""
    samples = x.shape[-1]
    padded = functional.pad(x, (RADIUS, RADIUS), mode="reflect")
    if isinstance(shift, int):
        return padded[..., RADIUS - shift :][..., :samples]
    # An int would be compiled anew for each value, and a gather scatters
    # in its backward pass; these few slices become one pointwise kernel.
    shifted = padded[..., 2 * RADIUS :]
    for each in range(1 - RADIUS, RADIUS + 1):
        candidate = padded[..., RADIUS - each :][..., :samples]
        shifted = torch.where(shift == each, candidate, shifted)
    return shifted


def make_losses(
    generator: Generator, critic: Critic, settings: argparse.Namespace
) -> tuple[Callable, Callable]:
    """Returns what the critic and what the generator minimise.

    Args:
      generator: on its device.
      critic: on the same.
      settings: of ``pytorch.parse``: whether the losses are compiled whole, or
        each network and no penalty, or nothing.
    """
    latent_dim, compiled = settings.latent_dim, settings.compiled
    whole = compiled and not settings.eager_penalty

    def shifts(device, as_tensor=compiled):
        if as_tensor:
            size = (critic.num_shifts,)
            return torch.randint(-RADIUS, RADIUS + 1, size, device=device)
        return [
            random.randint(-RADIUS, RADIUS) for _ in range(critic.num_shifts)
        ]

    def gradient(mixed, label):
        """Of the scores by ``mixed``, itself to be differentiated."""
        drawn = shifts(mixed.device, whole)
        if whole:
            return torch.func.grad(
                lambda wave: critic(wave, label, drawn).sum()
            )(mixed)
        mixed.requires_grad_()
        scores = critic(mixed, label, drawn)
        return torch.autograd.grad(scores.sum(), mixed, create_graph=True)[0]

    def critic_loss(real, label):
        size, device = len(real), real.device
        with torch.no_grad():
            z = torch.randn(size, latent_dim, device=device)
            fake = generate(z, label)
            mix = torch.rand(size, 1, 1, device=device)
            mixed = real + mix * (fake - real)
        gap = (
            score(real, label, shifts(device)).mean()
            - score(fake, label, shifts(device)).mean()
        )
        squares = gradient(mixed, label).float().square().sum(dim=(1, 2))
        norm = (squares + ROOT_EPSILON).sqrt()
        penalty = (norm - 1.0).square().mean()
        return PENALTY_WEIGHT * penalty - gap

    def generator_loss(size, device):
        z = torch.randn(size, latent_dim, device=device)
        label = torch.randint(CLASSES, (size,), device=device)
        return -score(generate(z, label), label, shifts(device)).mean()

    generate, score = generator, critic
    if not compiled:
        return critic_loss, generator_loss
    options = {"mode": settings.mode, "fullgraph": True, "dynamic": False}
    if not whole:
        generate = torch.compile(generator, **options)
        score = torch.compile(critic, **options)
        return critic_loss, generator_loss
    return (
        torch.compile(critic_loss, **options),
        torch.compile(generator_loss, **options),
    )


def make_step(
    generator: Generator,
    critic: Critic,
    losses: tuple[Callable, Callable],
    waves: torch.Tensor,
    labels: torch.Tensor,
    bfloat16: bool,
) -> Callable[[], tuple]:
    """Returns a function that runs one iteration and returns its last losses.

    Args:
      generator: on its device.
      critic: on the same.
      losses: of ``make_losses``.
      waves: real sounds, [k, B, 1, T].
      labels: of them, [k, B].
      bfloat16: whether to autocast.
    """
    device = waves.device
    critic_loss, generator_loss = losses

    def adam(network):
        return torch.optim.Adam(
            network.parameters(),
            lr=2e-4,
            betas=(0.5, 0.99),
            eps=1e-7,
            fused=device.type == "cuda",
        )

    generator_optimizer, critic_optimizer = adam(generator), adam(critic)

    def update(optimizer, loss_of, *inputs):
        torch.compiler.cudagraph_mark_step_begin()
        # Gone before the next pass, which may write where they are.
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            loss = loss_of(*inputs)
        loss.backward()
        optimizer.step()
        return loss.detach().clone()

    def step():
        for wave, label in zip(waves, labels, strict=True):
            critic_value = update(critic_optimizer, critic_loss, wave, label)
        critic_optimizer.zero_grad(set_to_none=True)
        critic.requires_grad_(False)
        size = waves.shape[1]
        value = update(generator_optimizer, generator_loss, size, device)
        critic.requires_grad_(True)
        generator_optimizer.zero_grad(set_to_none=True)
        return critic_value, value

    return step
