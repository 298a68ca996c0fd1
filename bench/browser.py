"""A visitor with a cookie who reads pages and sends forms, one after the other, over a connection of his own."""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Page:
    """`seconds`: from sending to the last byte."""

    status: int
    location: str
    text: str
    seconds: float


@dataclass
class Browser:
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Page:
        return self._ask("GET", path, None)

    def post(self, path: str, page: Page | None = None, **typed: str) -> Page:
        """With the token of the page on which the form stood, where it has one."""
        token = TOKEN.search(page.text) if page is not None else None
        known = {"csrf_token": unescape(token[1])} if token else {}
        return self._ask("POST", path, urlencode({**known, **typed}))

    def _ask(self, method: str, path: str, body: str | None) -> Page:
        heads = {"Sec-Fetch-Site": "same-origin", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            heads["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        begin = time.perf_counter()
        connection.request(method, path, body, heads)
        answer = connection.getresponse()
        text = answer.read().decode()
        took = time.perf_counter() - begin
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return Page(answer.status, answer.headers.get("Location", ""), text, took)
