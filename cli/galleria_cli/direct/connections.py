"""Connections to one host that stay open from one request to the next. Threads may share them."""

import socket
import weakref
from collections import deque
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from galleria_cli.direct.channel import Channel, RawAnswer

if TYPE_CHECKING:
    from ssl import SSLContext

_SECONDS: Final = 60
#: Of a scheme, where an address names none.
PORTS: Final = {"http": 80, "https": 443}


class Connections:
    """Open connections to one endpoint.

    Parameters
    ----------
    url
        Scheme, host, and port where it is not the scheme's own.
    trusted
        A file of certificates to use instead of the system's, or empty.
    """

    def __init__(self, url: str, trusted: str = "") -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        self._trusted = trusted
        self._idle: deque[Channel] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: Any = None) -> RawAnswer:
        """Send a request and read the answer.

        Parameters
        ----------
        body
            A file that can seek; its length is in the headers.

        Raises
        ------
        OSError
            The connection broke, or the answer does not end. If the server had closed the connection meanwhile, it is
            replaced by a new one, once.
        """
        try:
            channel = self._idle.pop()
        except IndexError:
            return self._exchange(self._new(), method, url, headers, body)
        try:
            return self._exchange(channel, method, url, headers, body)
        except ConnectionError:
            if body is not None:
                body.seek(0)
            return self._exchange(self._new(), method, url, headers, body)

    def _exchange(self, channel: Channel, method: str, url: str, headers: Mapping[str, str], body: Any) -> RawAnswer:
        try:
            answer = channel.exchange(method, url, headers, body)
        except BaseException:
            channel.close()
            raise
        if channel.stays:
            self._idle.append(channel)
        else:
            channel.close()
        return answer

    def _new(self) -> Channel:
        host: Any = self._host.encode("ascii") if self._host.isascii() else self._host  # only others need a codec
        connected = socket.create_connection((host, self._port), _SECONDS)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._secure:
            return Channel(connected)
        try:
            return Channel(self._context.wrap_socket(connected, server_hostname=self._host))
        except BaseException:
            connected.close()
            raise

    @cached_property
    def _context(self) -> "SSLContext":
        from ssl import create_default_context  # noqa: PLC0415 # not for plain HTTP

        return create_default_context(cafile=self._trusted or None)


def _close_all(idle: deque[Channel]) -> None:
    while idle:
        idle.pop().close()
