"""A calendar server over TLS on this machine, standing for the outside."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from calakan.availability.addresses import Address, checked
from calakan.availability.fetching import Fetcher

# A key for tests alone, of the made-up host calendar.test.
CERTIFICATE = Path(__file__).with_name("calendar.test.pem")
HERE = ipaddress.ip_address("127.0.0.1")


class Server:
    """`pages` maps a path to (status, headers, body, seconds between bytes)."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes, float]] = {}
        self.asked: list[str] = []
        self.stop = threading.Event()
        self.port = 0

    def fetcher(self, *, seconds: float = 5, hosts: dict[str, list[str]] | None = None) -> Fetcher:
        """Takes this machine for a public one under the name calendar.test, and for nothing else."""
        names = {"calendar.test": ["127.0.0.1"], **(hosts or {})}
        tls = ssl.create_default_context(cafile=str(CERTIFICATE))

        def resolve(host: str, port: int) -> list[Address]:
            return [ipaddress.ip_address(text) for text in names[host]]

        def check(url: str) -> str:
            plain = url.replace(f":{self.port}", "")
            return checked(plain).replace("https://calendar.test", f"https://calendar.test:{self.port}")

        return Fetcher(resolve=resolve, allowed=lambda a: a == HERE, check=check, tls=tls, seconds=seconds)


@contextmanager
def serving() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            status, headers, body, gap = state.pages[self.path]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                if not gap:
                    self.wfile.write(body)
                for n in range(len(body) if gap else 0):
                    if state.stop.wait(gap):
                        return
                    self.wfile.write(body[n : n + 1])
                    self.wfile.flush()
            except OSError:
                return

        def log_message(self, format: str, *args: object) -> None:
            return

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            return

    server = Quiet(("127.0.0.1", 0), Handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.stop.set()
        server.shutdown()
        server.server_close()
