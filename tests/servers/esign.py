"""A stand-in for the BSrE Esign service: checks what the real one checks, signs with pyHanko, and remembers nothing secret."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.certificates import samples

NIK, PASSPHRASE = "3302010101800001", "kata sandi pejabat"


def official() -> signers.SimpleSigner:
    key, certificate = samples.stamp_authority()
    return signers.SimpleSigner(
        signing_cert=certificate, signing_key=key, cert_registry=SimpleCertificateStore(), prefer_pss=False
    )


def sign(pdf: bytes) -> bytes:
    """Signed by the official, the way such services do: appended to the file.

    In a thread of its own: where a browser was driven before, this one has an event loop already.
    """
    with ThreadPoolExecutor(1) as apart:
        signing = apart.submit(
            signers.sign_pdf,
            IncrementalPdfFileWriter(io.BytesIO(pdf)),
            signers.PdfSignatureMetadata(field_name="Pejabat", md_algorithm="sha256"),
            signer=official(),
        )
        return bytes(signing.result().getvalue())


@dataclass
class Esign:
    url: str = ""
    mode: str = "ok"
    signed: int = 0
    seen: list[str] = field(default_factory=list)


@contextmanager
def esign_service() -> Iterator[Esign]:
    service = Esign()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            parts = {
                str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
                for part in BytesParser().parsebytes(head + body).get_payload()
            }
            service.seen = sorted(parts)
            known = self.headers["Authorization"] == "Basic " + base64.b64encode(b"calakan:rahasia").decode()
            if self.path != "/api/sign/pdf" or not known:
                self.answer(401, b'{"error":"Unauthorized"}')
            elif service.mode == "away":
                self.answer(503, b"<html>Service Unavailable</html>")
            elif service.mode == "garbage":
                self.answer(200, b"<html>ok</html>")
            elif (parts["nik"], parts["passphrase"]) != (NIK.encode(), PASSPHRASE.encode()):
                self.answer(400, json.dumps({"status_code": 2031, "error": "Passphrase anda salah"}).encode())
            else:
                service.signed += 1
                self.answer(200, sign(parts["file"]))

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
