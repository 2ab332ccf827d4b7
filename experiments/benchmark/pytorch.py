r"""Times a WaveGAN iteration in plain PyTorch: a baseline for the benchmark.

    python3 experiments/benchmark/pytorch.py --width=64 --precision=bfloat16 \
        --compiled [--mode=reduce-overhead] [--eager_penalty] [--repeats=20]

Prints one line of JSON. Needs PyTorch and nothing else, not even the rest of
this project, so that it runs in whatever environment has PyTorch for the GPU.

The networks are the paper's in the layers of a textbook, with the parameters
of ``model``: ``Upsample`` in front of ``Conv1d``, ``Conv1d``
with a stride, the label as one more channel. What is done for speed is what
PyTorch documents: autocast to bfloat16 (all but the score, and the audio once
it has left its convolution; ``wavegan_cond`` keeps that convolution in float32
too), cuDNN's search for algorithms, fused Adam, no gradients of the critic's
weights in the generator's update, nothing that makes the host wait.

``--compiled`` compiles both losses whole, draws included. AOTAutograd cannot
differentiate a compiled function twice: a penalty of ``torch.autograd.grad(...,
create_graph=True)`` around a compiled critic fails in its backward pass. Taken
by ``torch.func.grad`` inside the compiled function, the inner gradient is part
of the one graph that is then differentiated once. ``--eager_penalty`` is the
way without that: the generator and the critic are compiled where they are
differentiated once, and the penalty runs uncompiled. Optimizers' steps are
outside, and fused on a GPU.
"""

import argparse
import importlib.util
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import nn

KERNEL_SIZE = 25
START_LENGTH = 16  # samples in front of the first block
CLASSES, EMBEDDING_DIM = 3, 50
LEAK = 0.2
RADIUS = 2  # of phase shuffle (paper: s)
PENALTY_WEIGHT = 10.0
ROOT_EPSILON = 1e-12
PRECISIONS = ("float32", "tf32", "bfloat16")
MODES = ("default", "reduce-overhead", "max-autotune")
NUMBERS = (  # flags: name, default, what it is
    ("width", 64, "base width"),
    ("length", 16384, "samples of a sound"),
    ("latent_dim", 100, "latent size"),
    ("batch", 64, "examples of one update"),
    ("critic_updates", 5, "critic updates an iteration"),
    ("repeats", 10, "iterations timed"),
)
WARM_UP = 3  # iterations behind the first: CUDA graphs are recorded late


def block_factors(length: int) -> list[int]:
    """Returns the resampling factor of each block, lowest rate first."""
    factors, produced = [], START_LENGTH
    while produced < length:
        factors.append(min(4, length // produced))
        produced *= factors[-1]
    return factors


def make_networks(width: int, length: int, latent_dim: int) -> tuple:
    """Returns a generator and a critic, on the CPU.

    Their parameters come in the order of the project's variables.

    Args:
      width: base width (d).
      length: samples of a sound (T).
      latent_dim: size of z.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    factors = block_factors(length)
    # Behind the stem and behind each block of G: 16 d, 8 d, ..., d, 1. The
    # critic's double; where a factor is 2, it comes last in both.
    channels = [width * 2**i for i in reversed(range(len(factors)))] + [1]

    def phase_shuffle(x, shift):
        """Delays by ``shift``, an int or, where compiled, a tensor."""
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

    class Generator(nn.Module):
        """z [B, Z] and labels [B] to sounds [B, 1, T]."""

        def __init__(self):
            super().__init__()
            self.label_embedding = nn.Embedding(CLASSES, EMBEDDING_DIM)
            self.stem = nn.Linear(latent_dim, START_LENGTH * channels[0])
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
            x = x.view(-1, START_LENGTH, channels[0]).transpose(1, 2)
            plane = self.label_plane(self.label_embedding(label))
            x = torch.cat([x, plane[:, None]], dim=1)
            for block in self.up[:-1]:
                x = functional.relu(block(x))
            return torch.tanh(self.up[-1](x).float())

    class Critic(nn.Module):
        """Sounds [B, 1, T] and labels [B] to scores [B, 1]."""

        def __init__(self):
            super().__init__()
            self.label_embedding = nn.Embedding(CLASSES, EMBEDDING_DIM)
            self.label_plane = nn.Linear(EMBEDDING_DIM, length)
            self.down, inputs = nn.ModuleList(), 2
            for factor, outputs in zip(factors, channels[-2::-1], strict=True):
                before = (KERNEL_SIZE - factor) // 2
                padding = (before, KERNEL_SIZE - factor - before)
                convolution = nn.Conv1d(
                    inputs, outputs, KERNEL_SIZE, stride=factor
                )
                same = nn.ConstantPad1d(padding, 0.0)
                self.down.append(nn.Sequential(same, convolution))
                inputs = outputs
            self.head = nn.Linear(START_LENGTH * inputs, 1)
            self.apply(initialise)

        @property
        def num_shifts(self):
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

    def initialise(module):
        if isinstance(module, nn.Embedding):
            nn.init.uniform_(module.weight, -0.05, 0.05)
        elif isinstance(module, nn.Linear | nn.Conv1d):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)

    return Generator(), Critic()


def make_losses(
    generator: "nn.Module", critic: "nn.Module", settings: argparse.Namespace
) -> tuple[Callable, Callable]:
    """Returns what the critic and what the generator minimise.

    Args:
      generator: of ``make_networks``.
      critic: the same.
      settings: of ``parse``: whether the losses are compiled whole, or each
        network and no penalty, or nothing.
    """
    import torch

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
    generator: "nn.Module",
    critic: "nn.Module",
    losses: tuple[Callable, Callable],
    waves: "torch.Tensor",
    labels: "torch.Tensor",
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
    import torch

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


def measure(settings: argparse.Namespace) -> dict:
    """Trains for some iterations on random sounds that lie on the device.

    Each iteration is waited for, as the benchmark does where it reads a loss.

    Args:
      settings: of ``parse``.

    Returns:
      Milliseconds an iteration (median, least, most), seconds until the first
      one was done, GiB at most, parameters, and the losses of the last one.
    """
    import torch

    device, length = settings.device, settings.length
    on_gpu = torch.device(device).type == "cuda"
    tf32 = settings.precision != "float32"
    torch.set_float32_matmul_precision("high" if tf32 else "highest")
    torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(0)
    random.seed(0)
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
    synchronize = torch.cuda.synchronize if on_gpu else lambda: None

    networks = make_networks(settings.width, length, settings.latent_dim)
    generator, critic = (network.to(device) for network in networks)
    size = (settings.critic_updates, settings.batch)
    waves = torch.rand(*size, 1, length, device=device) * 2 - 1
    labels = torch.randint(CLASSES, size, device=device)
    losses = make_losses(generator, critic, settings)
    bfloat16 = settings.precision == "bfloat16"
    step = make_step(generator, critic, losses, waves, labels, bfloat16)

    seconds = []
    for _ in range(1 + WARM_UP + settings.repeats):
        synchronize()
        started = time.perf_counter()
        values = step()
        synchronize()
        seconds.append(time.perf_counter() - started)
    timed = [1e3 * each for each in seconds[1 + WARM_UP :]]
    return {
        "ms": statistics.median(timed),
        "ms_least": min(timed),
        "ms_most": max(timed),
        "first_s": seconds[0],
        **peak_memory(on_gpu),
        "generator_parameters": count_parameters(generator),
        "critic_parameters": count_parameters(critic),
        "critic_loss": float(values[0]),
        "generator_loss": float(values[1]),
        "torch": torch.__version__,
        "on": torch.cuda.get_device_name() if on_gpu else "cpu",
    }


def count_parameters(network: "nn.Module") -> int:
    """Returns how many numbers a network learns."""
    return sum(weights.numel() for weights in network.parameters())


def peak_memory(on_gpu: bool) -> dict[str, float]:
    """Returns the most GiB that tensors, and that PyTorch, ever held.

    What CUDA graphs hold is among the latter alone. On a CPU: the process.
    """
    if on_gpu:
        import torch

        return {
            "peak_gib": torch.cuda.max_memory_allocated() / 2**30,
            "reserved_gib": torch.cuda.max_memory_reserved() / 2**30,
        }
    import resource

    unit = 2**20 if sys.platform == "linux" else 2**30
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"peak_gib": held / unit}


def positive(text: str) -> int:
    """Returns a number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number}: expected 1 or more")
    return number


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """Returns the settings of ``measure``."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    for name, default, text in NUMBERS:
        text = f"{text} ({default})"
        add(f"--{name}", type=positive, default=default, help=text)
    add(
        "--precision",
        choices=PRECISIONS,
        default="float32",
        help="arithmetic; float32 allows no tf32",
    )
    add("--compiled", action="store_true", help="use torch.compile")
    add(
        "--mode", choices=MODES, default="default", help="mode of torch.compile"
    )
    add(
        "--eager_penalty",
        action="store_true",
        help="compile all but the gradient penalty",
    )
    add("--device", default="cuda", help="cuda or cpu (cuda)")
    values = parser.parse_args(argv)
    if values.length not in (64, 256, 1024, 4096, 16384, 32768, 65536):
        parser.error(f"--length={values.length}: expected 16 * 4^i or 32768")
    return values


def main(argv: list[str] | None = None) -> None:
    """Prints what was asked for and what was measured as a line of JSON."""
    settings = parse(argv)
    if importlib.util.find_spec("torch") is None:
        print("skipped: PyTorch is not installed here", file=sys.stderr)
        return
    print(json.dumps({**vars(settings), **measure(settings)}))


if __name__ == "__main__":
    main()
