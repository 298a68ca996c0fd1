"""Makes the pictures of the README and the guide from a fresh demo: `.venv/bin/python -m docs.shots [name …]`.

A site of its own on a free port, a real Chromium, WebP files beside the pages that show them.
"""

from __future__ import annotations

import io
import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

import config
from calakan.app import create_app
from calakan.attendance import services as attendance
from calakan.certificates.models import Certificate
from calakan.demo.small import ACTOR, PASSWORD, ensure_demo
from calakan.diklat.models import Diklat, LiveSession
from calakan.kernel import clock, db
from calakan.office.services import ensure_choices
from calakan.people.directory import ensure_places
from calakan.people.queries import by_email

FOLDER = Path(__file__).parent / "panduan" / "gambar"
SIZES = {"phone": (390, 780), "desk": (1280, 800)}
RUNNING = "kelas-aman-dari-perundungan"
COMING = "asesmen-formatif-yang-ringan-dan-bermakna"
OPEN = "koding-tanpa-komputer"
PAST = "numerasi-asyik-dengan-benda-di-sekitar"
CODE = "{code}"  # a checked paper's code, known when the demo is made


@dataclass(frozen=True)
class Shot:
    """One picture: who (empty: nobody) sees which address, on what; `tap` is clicked, and `at` scrolled to the top, first."""

    name: str
    who: str
    path: str
    size: Literal["phone", "desk"] = "phone"
    dark: bool = False
    at: str = ""
    tap: str = ""


SHOTS = (
    Shot("katalog", "", "/diklat"),
    Shot("katalog-lebar", "", "/diklat", "desk"),
    Shot("kabari", "guru", "/diklat?q=robotika"),
    Shot("ikut", "", f"/diklat/{COMING}/ikut"),
    Shot("diklat", "guru", f"/diklat/{COMING}"),
    Shot("saya", "guru", "/saya"),
    Shot("saya-gelap", "guru", "/saya", dark=True),
    Shot("hadir", "guru", "/hadir"),
    Shot("luring", "guru", "/saya/luring"),
    Shot("belajar", "guru", f"/belajar/{RUNNING}"),
    Shot("riwayat", "guru", "/saya/riwayat"),
    Shot("sertifikat-sah", "", f"/s/{CODE}"),
    Shot("cetak", "guru", f"/diklat/{COMING}/sertifikat-saya"),
    Shot("relawan", "narasumber", "/relawan"),
    Shot("jadwal", "narasumber", "/relawan/jadwal"),
    Shot("relawan-daftar", "guru", "/relawan/daftar"),
    Shot("sibuk", "narasumber", "/relawan/jadwal/sibuk"),
    Shot("usulan", "narasumber", "/relawan/usulan"),
    Shot("jalankan", "narasumber", f"/kelola/diklat/{RUNNING}/sesi/1/jalankan"),
    Shot("catatan", "narasumber", "/relawan/catatan"),
    Shot("kode", "narasumber", f"/kelola/diklat/{RUNNING}/sesi/1/kode", "desk"),
    Shot("kelola", "panitia", "/kelola", "desk"),
    Shot("buat", "panitia", "/kelola/diklat/baru", "desk"),
    Shot(
        "aturan-kursi",
        "panitia",
        f"/kelola/diklat/{OPEN}/ubah",
        "desk",
        tap="details.why summary",
        at="label[for=quota]",
    ),
    Shot("papan", "panitia", f"/kelola/diklat/{COMING}", "desk"),
    Shot("sesi", "panitia", f"/kelola/diklat/{COMING}/sesi", "desk"),
    Shot("peserta", "panitia", f"/kelola/diklat/{COMING}/peserta", "desk"),
    Shot("kehadiran", "panitia", f"/kelola/diklat/{RUNNING}/kehadiran", "desk"),
    Shot("sertifikat", "panitia", f"/kelola/diklat/{PAST}/sertifikat", "desk"),
    Shot("narasumber-sesi", "panitia", f"/kelola/diklat/{OPEN}/sesi/1/narasumber", "desk"),
    Shot("materi", "panitia", f"/kelola/diklat/{COMING}/materi", "desk"),
    Shot("laporan", "panitia", "/kelola/laporan", "desk"),
    Shot("pesan", "panitia", "/kelola/pesan", "desk"),
    Shot("pengaturan", "admin", "/kelola/pengaturan", "desk"),
)


@contextmanager
def demo_site(folder: Path) -> Iterator[tuple[Flask, str]]:
    settings = config.load({"CALAKAN_DATA_DIR": str(folder), "CALAKAN_TESTING": "1"})
    app = create_app(settings)
    with app.app_context():
        upgrade()
        with db.transaction():
            ensure_places(now=clock.now())
            ensure_choices()
        ensure_demo(settings, now=clock.now())
        _open_code()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield app, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def _open_code() -> None:
    """Today's session shows its code, whatever the hour."""
    session = db.session().scalars(sa.select(LiveSession).join(Diklat).where(Diklat.slug == RUNNING)).first()
    assert session is not None
    id = session.id
    with db.transaction():
        attendance.open_check_in(id, minutes=15, actor=ACTOR, now=max(session.starts_at, clock.now()))


def _a_code(app: Flask) -> str:
    with app.app_context():
        guru = by_email("guru@example.org")
        assert guru is not None
        wanted = sa.select(Certificate.code).where(Certificate.person_id == guru.id).limit(1)
        return db.session().scalar(wanted) or db.session().scalars(sa.select(Certificate.code).limit(1)).one()


def _page(browser: Browser, base: str, shot: Shot) -> Page:
    width, height = SIZES[shot.size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if shot.size == "phone" else 1,
        color_scheme="dark" if shot.dark else "light",
        locale="id-ID",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if shot.who:
        page.goto(f"{base}/masuk")
        page.fill("#email", f"{shot.who}@example.org")
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url(lambda url: "/masuk" not in url)
    return page


def take(browser: Browser, base: str, shot: Shot, code: str) -> None:
    """Write the picture of one shot. Raises AssertionError when the page is not there."""
    page = _page(browser, base, shot)
    answer = page.goto(base + shot.path.replace(CODE, code))
    assert answer is not None
    assert answer.ok, f"{shot.name}: {answer.status} {shot.path}"
    page.wait_for_load_state("networkidle")
    if shot.tap:
        page.locator(shot.tap).first.click()
    if shot.at:
        page.locator(shot.at).first.evaluate("element => element.scrollIntoView()")
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").save(FOLDER / f"{shot.name}.webp", quality=82, method=6)
    page.context.close()


def main(names: list[str]) -> None:
    chromium = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if chromium is None:
        sys.exit("no chromium, chromium-browser or google-chrome here")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo_site(Path(folder)) as (app, base), sync_playwright() as driver:
        code = _a_code(app)
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for shot in SHOTS:
            if not names or shot.name in names:
                take(browser, base, shot, code)
                print(shot.name, (FOLDER / f"{shot.name}.webp").stat().st_size, flush=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
