"""The light table's server: on the loopback interface, at a free port, until Ctrl-C."""

import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from galleria_cli.lighttable.guard import ADDRESS, Guard

Opened = Callable[[str], None]


def serve(app: Any, opened: Opened, port: int = 0) -> None:
    """Serve an application to one browser.

    Parameters
    ----------
    opened
        Called with the one-time address, as soon as it answers.
    port
        Where to listen; 0: at any free port.
    """
    with socket.socket() as listening:
        listening.bind((ADDRESS, port))
        number = listening.getsockname()[1]
        guard = Guard(app, number)
        address = f"http://{ADDRESS}:{number}/?token={guard.token}"
        config = uvicorn.Config(guard, log_level="error", access_log=False, server_header=False, lifespan="off")
        _Server(config, lambda: opened(address)).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as any server does, then say so."""
        await super().startup(sockets)
        if self.started:
            self._listening()
