"""Stand-ins for the providers of chat messages, answering as each one documents. They know nothing about our code."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "rahasia-123:AbCdEf"
Judge = Callable[["Provider", str, str | None, dict[str, Any]], tuple[int, object]]


@dataclass
class Provider:
    """`mode` may be changed at any time:

    ok            takes the message
    busy          too many requests, with the documented wait
    busy_for_one  too many to this person
    token         does not know the token any more
    gone          the person has blocked us, or the number is not there
    refused       will never take this message
    away          503 without JSON
    between       504 of something in between
    garbage       200 without JSON
    drop          takes the body and closes without a word
    hang          takes the body and says nothing for `delay` seconds
    """

    url: str = ""
    mode: str = "ok"
    delay: float = 2.0
    taken: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@contextmanager
def provider(judge: Judge) -> Iterator[Provider]:
    service = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.judged({})

        def judged(self, body: dict[str, Any]) -> None:
            status, said = judge(service, self.path, self.headers["Authorization"], body)
            if status == 200 and service.mode == "ok" and body:
                service.taken.append(body)
            self.answer(status, json.dumps(said).encode())

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}"
            form = self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            body = dict(parse_qsl(content.decode())) if form else json.loads(content)
            service.paths.append(self.path)
            if service.mode == "hang":
                time.sleep(service.delay)
            if service.mode in ("drop", "hang"):
                self.close_connection = True
                return
            if service.mode in ("away", "between", "garbage"):
                status = {"away": 503, "between": 504, "garbage": 200}[service.mode]
                self.answer(status, b"<html>nginx</html>")
                return
            self.judged(body)

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def telegram(service: Provider, path: str, token: str | None, body: dict[str, Any]) -> tuple[int, object]:
    """https://core.telegram.org/bots/api#making-requests"""

    def no(code: int, words: str, **more: object) -> tuple[int, object]:
        return code, {"ok": False, "error_code": code, "description": words, **more}

    method = path.removeprefix(f"/bot{TOKEN}/")
    if method == path or service.mode == "token":
        return no(401, "Unauthorized")
    if method == "getMe":
        return 200, {"ok": True, "result": {"id": 1, "is_bot": True, "username": "CalakanBot"}}
    if method == "getWebhookInfo":
        hooks = [taken["url"] for taken in service.taken if "url" in taken]
        return 200, {"ok": True, "result": {"url": hooks[-1] if hooks else ""}}
    if method == "setWebhook":
        return 200, {"ok": True, "result": True, "description": "Webhook was set"}
    if service.mode == "busy":
        return no(429, "Too Many Requests: retry after 37", parameters={"retry_after": 37})
    if service.mode == "gone":
        return no(403, "Forbidden: bot was blocked by the user")
    if service.mode == "refused" or not 0 < len(body["text"]) <= 4096:
        return no(400, "Bad Request: message is too long")
    number = len(service.taken) + 1
    return 200, {"ok": True, "result": {"message_id": number, "chat": {"id": int(body["chat_id"])}}}


CLOUD_ERRORS = {
    "busy": (429, 130429, "(#130429) Rate limit hit"),
    "busy_for_one": (400, 131056, "(#131056) (Business Account, Consumer Account) pair rate limit hit"),
    "token": (401, 190, f"Error validating access token: {TOKEN}"),
    "gone": (400, 131050, "(#131050) User has stopped receiving marketing messages"),
    "refused": (400, 131026, "(#131026) Message undeliverable"),
}


def cloud(service: Provider, path: str, token: str | None, body: dict[str, Any]) -> tuple[int, object]:
    """https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages"""
    mode = "token" if token != f"Bearer {TOKEN}" else service.mode
    if mode in CLOUD_ERRORS:
        status, code, words = CLOUD_ERRORS[mode]
        return status, {"error": {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}}
    if path == "/1099?fields=display_phone_number":
        return 200, {"display_phone_number": "+62 812-0000-0000", "id": "1099"}
    texts = [p["text"] for part in body["template"]["components"] for p in part["parameters"]]
    if path != "/1099/messages" or any("\n" in text or "\t" in text or "    " in text for text in texts):
        return 400, {"error": {"message": "(#132018) Template parameters are wrong", "code": 132018}}
    wamid = f"wamid.{len(service.taken) + 1}"
    return 200, {"messaging_product": "whatsapp", "contacts": [{"wa_id": body["to"]}], "messages": [{"id": wamid}]}


FONNTE_REASONS = {
    "busy": "insufficient quota",
    "token": "invalid token",
    "gone": "target invalid",
    "refused": "input invalid",
}


def fonnte(service: Provider, path: str, token: str | None, body: dict[str, Any]) -> tuple[int, object]:
    """https://docs.fonnte.com/api-send-message/"""
    mode = "token" if path not in ("/send", "/device") or token != TOKEN else service.mode
    if path == "/device" and mode == "ok":
        return 200, {"device": "628120000", "device_status": "connect", "quota": "990", "status": True}
    if mode in FONNTE_REASONS:
        return 200, {"status": False, "reason": FONNTE_REASONS[mode]}
    ids = [str(80367170 + len(service.taken))]
    said = {"detail": "success! message in queue", "id": ids, "process": "pending", "target": [body["target"]]}
    return 200, {**said, "status": True}


WABLAS_ERRORS = {
    "busy": (500, "your quota is not enough"),
    "token": (403, f"token {TOKEN} invalid"),
    "gone": (400, "phone number is not valid"),
    "refused": (400, "message content is not allowed"),
}


def wablas(service: Provider, path: str, token: str | None, body: dict[str, Any]) -> tuple[int, object]:
    """https://www.wablas.com/documentation/api"""
    mode = "token" if path != "/api/send-message" or token != TOKEN else service.mode
    if mode in WABLAS_ERRORS:
        status, words = WABLAS_ERRORS[mode]
        return status, {"status": False, "message": words}
    message = {"id": f"wb-{len(service.taken) + 1}", "phone": body["phone"], "status": "pending"}
    return 200, {"status": True, "message": "Message is pending", "data": {"quota": 9, "messages": [message]}}
