"""Serving an application to this machine alone."""

import contextlib
import errno
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from experiments.common import cli

HOST = "127.0.0.1"
PATIENCE = 10  # seconds that answers under way have when the server ends


def open_socket(port: int) -> socket.socket:
    """Returns a socket that listens on this machine alone.

    Args:
      port: the port; 0 for a free one.

    Raises:
      UsageError: the port cannot be had.
    """
    # Named as TCP, or asyncio leaves Nagle's algorithm on for what connects,
    # which holds short answers back for 40 ms.
    opened = socket.socket(
        socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((HOST, port))
        opened.listen(128)  # refuses here what another one has taken
    except OSError as error:
        opened.close()
        taken = error.errno == errno.EADDRINUSE
        reason = "is in use" if taken else f"cannot be had: {error.strerror}"
        raise cli.UsageError(
            f"--port={port} {reason}; --port=0 takes a free one"
        ) from error
    return opened


def make_server(app: Any, stop: Callable[[], None] = lambda: None) -> Any:
    """Returns a uvicorn server of an ASGI application.

    Args:
      app: the application.
      stop: called when a signal ends it, before it waits for what goes on.
    """
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="warning",
        lifespan="off",
        ws="none",
        # A page that is left open holds connections, which are not waited for.
        timeout_graceful_shutdown=PATIENCE,
    )
    server = uvicorn.Server(config)
    end = server.handle_exit

    def handle_exit(*received: Any) -> None:
        stop()
        # That answers under way were cancelled is no news to who ends it.
        for name in ("uvicorn.error", "asyncio"):
            logging.getLogger(name).disabled = True
        end(*received)

    server.handle_exit = handle_exit
    return server


@contextlib.contextmanager
def serving(app: Any, port: int = 0) -> Iterator[int]:
    """Serves an application in a thread; yields its port.

    Raises:
      UsageError: the port cannot be had.
    """
    opened, server = open_socket(port), make_server(app)
    thread = threading.Thread(target=server.run, args=([opened],))
    thread.start()
    try:
        while thread.is_alive() and not server.started:
            time.sleep(0.01)
        yield opened.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
        opened.close()
