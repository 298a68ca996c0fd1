"""Reading a calendar address from outside: each hop is resolved, checked, and connected to at the checked address."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

from calakan.availability import addresses
from calakan.availability.errors import CalendarAddressInvalid

MOST_BYTES = 2 * 1024 * 1024
MOST_SECONDS = 15.0
MOST_HOPS = 3


class FetchFailed(Exception):
    """`why` is one word for the page: private, unreachable, status, large, slow, redirects."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked; the name counts for the certificate only, so no second look-up happens."""

    def __init__(
        self, host: str, address: addresses.Address, *, port: int, timeout: float, tls: ssl.SSLContext
    ) -> None:
        super().__init__(host, port, timeout=timeout, context=tls)
        self._address, self._tls = address, tls
        self._wire: ssl.SSLSocket | None = None

    def connect(self) -> None:
        plain = socket.create_connection((str(self._address), self.port), self.timeout)
        # Kept apart (http.client lets go of it early) and before the handshake, so that the watch can end that, too.
        self._wire = self._tls.wrap_socket(plain, server_hostname=self.host.strip("[]"), do_handshake_on_connect=False)
        self._wire.do_handshake()
        self.sock = self._wire

    def shut(self) -> None:
        self.close()
        if self._wire is not None:
            self._wire.close()

    def cut(self) -> None:
        """End whatever is being waited for: a server that drips one byte at a time never meets the socket's timeout."""
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)


class Fetcher:
    """The rules are parameters, so that tests can let a server of their own stand for the outside."""

    def __init__(
        self,
        *,
        resolve: Callable[[str, int], list[addresses.Address]] = addresses.resolve,
        allowed: Callable[[addresses.Address], bool] = addresses.is_public,
        check: Callable[[str], str] = addresses.checked,
        tls: ssl.SSLContext | None = None,
        seconds: float = MOST_SECONDS,
    ) -> None:
        self._resolve, self._allowed, self._check = resolve, allowed, check
        self._tls, self._seconds = tls or ssl.create_default_context(), seconds

    def fetch(self, url: str) -> bytes:
        """The body of the answer. Raises FetchFailed."""
        deadline = time.monotonic() + self._seconds
        for _ in range(MOST_HOPS + 1):
            try:
                url = self._check(url)
            except CalendarAddressInvalid:
                raise FetchFailed("private") from None
            answer = self._once(url, deadline)
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer)
        raise FetchFailed("redirects")

    def _once(self, url: str, deadline: float) -> bytes | str:
        """The body, or where a redirect leads."""
        parts = urlsplit(url)
        connection = self._open(parts.hostname or "", parts.port or 443, deadline)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        watch = threading.Timer(_left(deadline), connection.cut)
        watch.start()
        try:
            connection.request(
                "GET",
                target,
                headers={"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "Calakan"},
            )
            answer = connection.getresponse()
            if answer.status in (301, 302, 303, 307, 308):
                return answer.getheader("Location") or ""
            if answer.status != 200:
                raise FetchFailed("status")
            body = self._body(answer)
            _left(deadline)  # a body that was cut off is not a body
            return body
        except (OSError, ValueError, http.client.HTTPException):
            raise FetchFailed("slow" if time.monotonic() >= deadline else "unreachable") from None
        finally:
            watch.cancel()
            connection.shut()

    def _open(self, host: str, port: int, deadline: float) -> _Pinned:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError):
            raise FetchFailed("unreachable") from None
        # One private address among several is enough to refuse: the next look-up might give only that one.
        if not found or not all(self._allowed(address) for address in found):
            raise FetchFailed("private")
        return _Pinned(host, found[0], port=port, timeout=_left(deadline), tls=self._tls)

    def _body(self, answer: http.client.HTTPResponse) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while True:
            chunk = answer.read(65536)
            if not chunk:
                return b"".join(chunks)
            size += len(chunk)
            if size > MOST_BYTES:
                raise FetchFailed("large")
            chunks.append(chunk)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchFailed("slow")
    return left
