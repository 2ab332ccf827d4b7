"""How soon a sound is there: a drag on the page of the instrument."""

import http.client
import json
import time

import numpy as np

DRAG = 300  # requests, one after another
WEIGHTS = (0.5, 0.25, 0.25)


def time_drag(values) -> dict:
    """Times the requests of a drag, from sending to the last sample.

    Returns:
      Milliseconds by percentile, of the model that comes with the project.
    """
    from experiments.common import shipped
    from experiments.explore.app import make_app
    from experiments.explore.serve import HOST, serving
    from wavegan_cond.saved_models.load import load_model

    app, instrument = make_app(load_model(shipped.choose(None)))
    instrument.warm_up()
    with serving(app) as port:
        connection = http.client.HTTPConnection(HOST, port)
        seconds = [ask(connection, z) for z in path(DRAG)]
        connection.close()
    p50, p99 = 1000 * np.percentile(seconds, [50, 99])
    return {"a drag, d = 16": {"ms (p50)": p50, "ms (p99)": p99}}


def path(count: int) -> np.ndarray:
    """Returns z along a circle, [count, 3]."""
    angle = np.linspace(0, 2 * np.pi, count)
    return np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)


def ask(connection: http.client.HTTPConnection, z: np.ndarray) -> float:
    """Returns the seconds until a sound has come."""
    body = json.dumps({"z": [z.tolist()], "class_weights": [WEIGHTS]})
    headers = {"Content-Type": "application/json"}
    begun = time.perf_counter()
    connection.request("POST", "/sounds", body, headers)
    connection.getresponse().read()
    return time.perf_counter() - begun
