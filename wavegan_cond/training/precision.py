"""Choice of the numerical precision for a machine.

bfloat16 convolutions are two to four times faster than float32 ones where the
processor multiplies bfloat16 itself, and some ten to fifty times slower where
oneDNN has to emulate them.
"""

import pathlib

AUTO = "auto"
# Of Intel from Sapphire Rapids on, and of AMD from Zen 4 on.
CPU_FLAGS = {"amx_bf16", "avx512_bf16"}
MIN_CAPABILITY = (8, 0)  # of CUDA: Ampere, the first with bfloat16
CPU_INFO = pathlib.Path("/proc/cpuinfo")


def resolve(choice: str) -> str:
    """Returns the precision to use on this machine.

    Args:
      choice: "auto", or a precision, which is returned unchanged.

    Returns:
      "float32" or "mixed_bfloat16".
    """
    if choice != AUTO:
        return choice
    return "mixed_bfloat16" if has_bfloat16() else "float32"


def has_bfloat16() -> bool:
    """Says whether the GPUs, or else the CPU, have bfloat16 instructions."""
    import tensorflow as tf

    gpus = tf.config.get_visible_devices("GPU")
    if not gpus:
        return cpu_has_bfloat16(CPU_INFO)
    details = map(tf.config.experimental.get_device_details, gpus)
    return all(
        tuple(found.get("compute_capability", (0, 0))) >= MIN_CAPABILITY
        for found in details
    )


def cpu_has_bfloat16(cpu_info: pathlib.Path) -> bool:
    """Says whether a CPU has bfloat16 instructions; False if unknown.

    Args:
      cpu_info: path of a file in the format of /proc/cpuinfo.
    """
    try:
        text = cpu_info.read_text(errors="replace")
    except OSError:
        return False
    for line in text.splitlines():
        name, _, values = line.partition(":")
        if name.strip() == "flags":
            return bool(CPU_FLAGS & set(values.split()))
    return False
