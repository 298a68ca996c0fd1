"""A port for a server that is started by its number."""

from __future__ import annotations

import random
import socket

# Below those that the kernel gives to whoever connects, so that none of the thousands of connections of a run takes it
# between the look and the start.
LOWEST, HIGHEST = 20_000, 32_000


def free_port() -> int:
    """One on which nobody listens on the loopback now."""
    while True:
        port = random.SystemRandom().randint(LOWEST, HIGHEST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
