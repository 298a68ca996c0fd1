"""Drawing and signing certificates on two processes, beside the usual ways: plain ReportLab, stock pyHanko."""

from __future__ import annotations

import io
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from bench.runner import Bench, Row, Wrong
from calakan.kernel import clock
from calakan.signing import inspect, token
from calakan.signing.keys import Keyring
from calakan.signing.sources import CodeSigner, Source, paper_envelope
from tests.certificates import samples

NAME = "papers"
TITLE = "certificates drawn and signed (P-256), two processes; the usual ways one at a time"
PROCESSES = 2


@cache
def _tools(folder: str) -> tuple[Keyring, Any, CodeSigner]:
    ring = Keyring(Path(folder))
    ring.ensure("Dinas Pendidikan Kabupaten Banyumas", now=clock.now())
    return ring, paper_envelope(ring, Source(), now=clock.now())[1], CodeSigner(ring)


def ours(folder: str, count: int) -> int:
    """Signed QR, drawing, PAdES signature; returns the bytes of the last file."""
    _, envelope, signer = _tools(folder)
    template, now, content = samples.template(), clock.now(), b""
    for n in range(count):
        facts = replace(samples.facts(), name=f"Sri Mulyati {n}, S.Pd., M.Pd.", number=f"400.3.4/{n:05}/BC/XI/2026")
        text = token.make("https://calakan.test", samples.CODE, facts, kid=signer.kid, sign=signer)
        holder = replace(samples.holder(), name=facts.name, number=facts.number, check_url=text)
        content = template.render(holder, created_at=now, sealer=envelope)
    if count:
        inspect.signed_by(content, _tools(folder)[0].keys())
    return len(content)


def reportlab(folder: str, count: int) -> int:
    """A page of the same texts, a table of the same rows, a QR; nothing signed."""
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.pdfgen import canvas
    from reportlab.platypus import Table

    facts, size, out = samples.template().facts, landscape(A4), io.BytesIO()
    for n in range(count):
        out = io.BytesIO()
        page = canvas.Canvas(out, pagesize=size)
        for place, line in enumerate((facts.title, f"Sri Mulyati {n}, S.Pd., M.Pd.", facts.held_on, facts.issued)):
            page.drawCentredString(size[0] / 2, size[1] - 150 - 40 * place, line)
        drawing = Drawing(90, 90)
        drawing.add(QrCodeWidget(f"https://calakan.test/s/{samples.CODE}", barWidth=90, barHeight=90))
        renderPDF.draw(drawing, page, 60, 60)
        page.showPage()
        table = Table([[row.title, row.speaker, row.when, row.jp] for row in facts.programme])
        table.wrapOn(page, size[0], size[1])
        table.drawOn(page, 60, 120)
        page.save()
    return len(out.getvalue())


def pyhanko(folder: str, count: int) -> int:
    """Our own unsigned file, signed the stock way with a key of the same kind."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter

    ring, _, _ = _tools(folder)
    key, place = ring.current("paper"), Path(folder)
    files = [place / f"{name}.pem" for name in ("leaf", "issuer")]
    for file, item in zip(files, ring.chain(key), strict=True):
        file.write_bytes(item.public_bytes(_pem()))
    signer = signers.SimpleSigner.load(str(place / f"{key.kid}.pem"), str(files[0]), ca_chain_files=(str(files[1]),))
    unsigned = samples.template().render(samples.holder(), created_at=clock.now())
    out = io.BytesIO()
    for _ in range(count):
        out = signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(unsigned)),
            signers.PdfSignatureMetadata(field_name="Tanda", subfilter=SigSeedSubFilter.PADES),
            signer=signer,
        )
    return len(out.getvalue())


def _pem() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.PEM


def run(bench: Bench) -> Iterator[Row]:
    ways: list[tuple[str, Callable[[str, int], int], int, int]] = [
        ("ours: drawn, QR and file signed", ours, bench.size(2000, 20), PROCESSES),
        ("ReportLab: drawn, unsigned", reportlab, bench.size(60, 3), 1),
        ("pyHanko: our file signed", pyhanko, bench.size(40, 3), 1),
    ]
    with tempfile.TemporaryDirectory() as folder:
        _tools(folder)
        for name, way, count, processes in ways:
            yield {"way": name, **_measure(way, folder, count, processes)}


def timed(way: Callable[[str, int], int], folder: str, count: int) -> tuple[int, float]:
    """The size of a file, and the processor seconds that all took."""
    begin = time.process_time()
    size = way(folder, count)
    return size, time.process_time() - begin


def _measure(way: Callable[[str, int], int], folder: str, count: int, processes: int) -> Row:
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        # Imports and templates first, on every process: held apart by the time that the work takes.
        list(pool.map(way, [folder] * processes * 4, [1] * processes * 4))
        begin = time.perf_counter()
        done = list(pool.map(timed, [way] * processes, [folder] * processes, [count] * processes))
        seconds = time.perf_counter() - begin
    if not all(size for size, _ in done):
        raise Wrong("nothing was made")
    return {
        "processes": processes,
        "papers": count * processes,
        "per_second": round(count * processes / seconds, 1),
        "cpu_ms": round(sum(cpu for _, cpu in done) * 1000 / (count * processes), 2),
        "kB": round(done[0][0] / 1024),
    }
