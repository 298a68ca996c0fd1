"""The address at which the site is found: listened to, and asked."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urlsplit

from config import Settings

WAITING_CONNECTIONS = 2048  # as many as gunicorn asks for by itself


def listener(settings: Settings) -> socket.socket:
    """Ours, so that it outlives each web. Raises OSError when it cannot be had."""
    found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(WAITING_CONNECTIONS)
    except OSError:
        opened.close()
        raise
    return opened


def answers(settings: Settings) -> bool:
    """Asked under the public name, since the application may refuse any other."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, settings.port, timeout=1)
    try:
        connection.request("GET", "/livez", headers={"Host": urlsplit(settings.base_url).netloc})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
