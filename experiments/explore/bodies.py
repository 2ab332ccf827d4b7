"""Bodies of requests, which may be anything, to arrays that may be used."""

import json

import numpy as np
from starlette.exceptions import HTTPException
from starlette.requests import Request

from wavegan_cond.synthesis.inversion import InversionError
from wavegan_cond.synthesis.latents import MAX_Z
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.signatures import TOLERANCE

MAX_SOUNDS = 16  # of one request
MAX_DIGITS = 32  # of a number
MAX_TARGET = 1 << 20  # samples of a sound to look for


async def read_body(request: Request, kind: str, most: int) -> bytes:
    """Returns a body of the type ``kind`` with at most ``most`` bytes.

    The type must be named: a form of another site cannot name these, so that no
    page but this one has the model work.

    Raises:
      HTTPException: 415 another type, 413 too many bytes.
    """
    given = request.headers.get("content-type", "").split(";")[0].strip()
    if given != kind:
        raise HTTPException(415, f"content-type: expected {kind}")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413, f"the body is larger than {most} bytes")
    return bytes(body)


async def read_sounds(
    request: Request, info: ModelInfo
) -> tuple[np.ndarray, np.ndarray]:
    """Returns z [N, Z] and class weights [N, classes] of a JSON body.

    Raises:
      HTTPException: 4xx, with what was expected.
    """
    numbers = MAX_SOUNDS * (info.latent_dim + len(info.classes))
    most = 1024 + MAX_DIGITS * numbers
    body = await read_body(request, "application/json", most)
    try:
        fields = json.loads(body)
        given = fields["z"], fields["class_weights"]
    # RecursionError: of brackets within brackets.
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise HTTPException(
            400, 'expected JSON: {"z": [[...]], "class_weights": [[...]]}'
        ) from error
    z = _matrix("z", given[0], info.latent_dim, MAX_Z)
    weights = _matrix("class_weights", given[1], len(info.classes), 1)
    if len(z) != len(weights) or not 1 <= len(z) <= MAX_SOUNDS:
        raise HTTPException(
            422,
            f"expected 1 to {MAX_SOUNDS} sounds: received {len(z)} z and "
            f"{len(weights)} class_weights",
        )
    sums = weights.sum(axis=1)
    if (weights < 0).any() or (np.abs(sums - 1) > TOLERANCE).any():
        raise HTTPException(
            422, "class_weights of a sound must be from 0 to 1 and sum to 1"
        )
    return z, weights


def _matrix(name: str, value: object, width: int, most: float) -> np.ndarray:
    """Returns lists of ``width`` numbers as float32 [N, width]."""
    expected = f"{name}: expected lists of {width} numbers"
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError) as error:
        raise HTTPException(422, expected) from error
    if array.dtype.kind not in "if" or array.shape[1:] != (width,):
        raise HTTPException(422, expected)
    if not (np.abs(array) <= most).all():  # NaN is not either
        raise HTTPException(
            422, f"{name}: expected numbers from {-most:g} to {most:g}"
        )
    return array.astype(np.float32)


async def read_target(request: Request) -> np.ndarray:
    """Returns the sound in a body of float32 samples, little-endian [T].

    Raises:
      HTTPException: 4xx, with what was expected.
      InversionError: it holds no samples.
    """
    kind = "application/octet-stream"
    body = await read_body(request, kind, 4 * MAX_TARGET)
    if len(body) % 4:
        raise HTTPException(422, "expected float32 samples, 4 bytes each")
    samples = np.frombuffer(body, "<f4")
    if not len(samples):
        raise InversionError("the sound to look for is empty")
    return samples


def read_number(request: Request, name: str, default: int, most: int) -> int:
    """Returns a whole number from 0 to ``most`` of the query.

    Raises:
      HTTPException: 422, it is none.
    """
    text = request.query_params.get(name, str(default))
    known = text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS
    if not known or int(text) > most:
        raise HTTPException(
            422, f"{name}: expected a whole number from 0 to {most}"
        )
    return int(text)
