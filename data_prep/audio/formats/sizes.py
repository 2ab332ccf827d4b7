"""Sizes that a header states, and how far they can be believed."""

FEW_BYTES = 64  # that a header may claim too much by a writer's slip
# What programs write for a size before they know it, if they write a stream:
# about the most that 32 bits hold, signed or not, or that 64 bits hold.
OPEN = (
    range(0x7F000000, 0x81000000),
    range(0xFF000000, 0x100000000),
    range(1 << 62, 1 << 64),
)


def is_open(claim: int) -> bool:
    """Says whether a size is one that was written before it was known."""
    return any(claim in sizes for sizes in OPEN)


def lack(claim: int, there: int) -> int:
    """Returns the bytes that are missing of those claimed."""
    missing = claim - there
    return 0 if is_open(claim) or missing <= FEW_BYTES else missing
