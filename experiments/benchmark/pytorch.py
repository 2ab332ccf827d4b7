r"""Times a WaveGAN iteration in plain PyTorch: a baseline for the benchmark.

    python3 experiments/benchmark/pytorch.py --width=64 --precision=bfloat16 \
        --compiled [--mode=reduce-overhead] [--eager_penalty] [--repeats=20]

Prints one line of JSON. Needs PyTorch and pytorch_wavegan.py beside it, not the
rest of this project, so that it runs in whatever environment has PyTorch for
the GPU.

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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

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

    if __package__:
        from experiments.benchmark import pytorch_wavegan as wavegan
    else:  # as a script, which is of no package
        import pytorch_wavegan as wavegan

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

    width, latent_dim = settings.width, settings.latent_dim
    generator = wavegan.Generator(width, length, latent_dim).to(device)
    critic = wavegan.Critic(width, length).to(device)
    size = (settings.critic_updates, settings.batch)
    waves = torch.rand(*size, 1, length, device=device) * 2 - 1
    labels = torch.randint(wavegan.CLASSES, size, device=device)
    losses = wavegan.make_losses(generator, critic, settings)
    bfloat16 = settings.precision == "bfloat16"
    step = wavegan.make_step(generator, critic, losses, waves, labels, bfloat16)

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
