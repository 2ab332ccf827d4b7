"""Latency of a sound: a drag on the page of the instrument."""

import http.client
import json
import time

import numpy as np

from experiments.common import shipped
from experiments.explore.serve import HOST, serving
from wavegan_cond.synthesis.model_info import ModelInfo

DRAG = 300  # requests, one after another


def time_drag() -> dict[str, dict[str, float]]:
    """Times the requests of a drag, from sending to the last sample.

    Returns:
      Milliseconds by percentile, of the model that comes with the project.
    """
    from experiments.explore.app import make_app
    from wavegan_cond.saved_models.load import load_model

    model = load_model(shipped.choose(None))
    app, instrument = make_app(model)
    instrument.warm_up()
    with serving(app) as port:
        connection = http.client.HTTPConnection(HOST, port)
        bodies = drag(model.info, DRAG)
        seconds = [ask(connection, body, model.info) for body in bodies]
        connection.close()
    p50, p99 = 1000 * np.percentile(seconds, [50, 99])
    return {"a drag": {"ms (p50)": p50, "ms (p99)": p99}}


def drag(info: ModelInfo, count: int) -> list[str]:
    """Returns requests for sounds along a circle through two directions."""
    angle = np.linspace(0, 2 * np.pi, count)[:, None]
    across, upwards = info.directions[:2]
    z = np.cos(angle) * across + np.sin(angle) * upwards
    weights = [1 / len(info.classes)] * len(info.classes)
    return [
        json.dumps({"z": [row], "class_weights": [weights]})
        for row in z.tolist()
    ]


def ask(
    connection: http.client.HTTPConnection, body: str, info: ModelInfo
) -> float:
    """Returns the seconds until a sound has come.

    Raises:
      RuntimeError: something else came.
    """
    headers = {"Content-Type": "application/json"}
    begun = time.perf_counter()
    connection.request("POST", "/sounds", body, headers)
    answer = connection.getresponse()
    content = answer.read()
    seconds = time.perf_counter() - begun
    if answer.status != 200 or len(content) != 4 * info.length:
        raise RuntimeError(content[:200].decode(errors="replace"))
    return seconds
