"""The local web application: the page, and the sounds it asks for.

  GET  /                      the page
  GET  /NAME                  a file of the page
  GET  /info                  description of the model, JSON
  GET  /draw?seed=7&count=8   z as experiments.generate draws it, JSON
  POST /sounds                {"z", "class_weights"} -> float32 [N, T]
  GET  /map                   places of sounds; null while they are being made
  POST /find                  float32 samples -> a line of JSON a step

A wrong request is answered by one line of text, with 4xx. No path comes from a
request: the files of the page are read once, when the application is made.
"""

import json
import mimetypes
import pathlib
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from experiments.explore import bodies
from experiments.explore.instrument import MAX_SEEDS, Instrument
from wavegan_cond.synthesis.inversion import Found, InversionError
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo
from wavegan_cond.synthesis.synth import Synth

PAGE = pathlib.Path(__file__).parent / "page"
COMMON = PAGE.parents[1] / "common"
# Modules that other pages have in them.
SHARED = [COMMON / f"{name}.js" for name in ("elements", "soften", "zip")]
# A name that another site's page may be made to have leads nowhere (DNS
# rebinding).
HOSTS = ["127.0.0.1", "localhost"]
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
MAX_SEED = 10**15  # JavaScript knows whole numbers up to 2**53


def page_files() -> dict[str, bytes]:
    """Returns every file of the page by its name."""
    return {path.name: path.read_bytes() for path in [*PAGE.iterdir(), *SHARED]}


class Answers:
    """Answers to requests, one method an address (see above).

    Args:
      instrument: the instrument that is played.
      info: description of its model.
    """

    def __init__(self, instrument: Instrument, info: ModelInfo):
        self._instrument, self._info = instrument, info
        self._files = page_files()

    async def file(self, request: Request) -> Response:
        name = request.path_params.get("name", "index.html")
        if name not in self._files:
            raise HTTPException(404, "there is no such page")
        kind = mimetypes.guess_type(name)[0] or "text/plain"
        return Response(self._files[name], media_type=kind, headers=HEADERS)

    async def info(self, request: Request) -> Response:
        return JSONResponse(self._instrument.info(), headers=HEADERS)

    async def draw(self, request: Request) -> Response:
        seed = bodies.read_number(request, "seed", 0, MAX_SEED)
        count = bodies.read_number(request, "count", 1, MAX_SEEDS)
        z = self._instrument.draw(seed, count)
        return JSONResponse(z, headers=HEADERS)

    async def sounds(self, request: Request) -> Response:
        z, weights = await bodies.read_sounds(request, self._info)
        waves = await run_in_threadpool(self._instrument.sounds, z, weights)
        return Response(
            waves.astype("<f4").tobytes(),
            media_type="application/octet-stream",
            headers=HEADERS,
        )

    async def places(self, request: Request) -> Response:
        return JSONResponse(self._instrument.map(), headers=HEADERS)

    async def find(self, request: Request) -> Response:
        target = await bodies.read_target(request)
        steps = await run_in_threadpool(self._instrument.find, target)
        return StreamingResponse(
            map(_line, steps), media_type="application/x-ndjson"
        )


def make_app(
    model: Synth, places: list[list[float]] | None = None
) -> tuple[Starlette, Instrument]:
    """Returns the application of a model, and the instrument behind it.

    Args:
      model: the model that is played.
      places: of ``Instrument``.
    """
    instrument = Instrument(model, places)
    answers = Answers(instrument, model.info)
    app = Starlette(
        routes=[
            Route("/", answers.file),
            Route("/info", answers.info),
            Route("/draw", answers.draw),
            Route("/sounds", answers.sounds, methods=["POST"]),
            Route("/map", answers.places),
            Route("/find", answers.find, methods=["POST"]),
            Route("/{name}", answers.file),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
        exception_handlers={
            ModelError: _answer(422),
            InversionError: _answer(422),
            ClientDisconnect: _answer(400),  # which nobody reads
        },
    )
    return app, instrument


def _answer(status: int) -> Callable:
    """Returns what answers an error with its message."""

    async def answer(request: Request, error: Exception) -> Response:
        return PlainTextResponse(str(error), status, HEADERS)

    return answer


def _line(found: Found) -> str:
    """Returns one step of a search as a line of JSON."""
    fields = {**vars(found), "z": found.z.tolist()}
    return json.dumps(fields) + "\n"
