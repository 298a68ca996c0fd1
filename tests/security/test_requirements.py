"""What rows of `docs/keamanan.md` say and no other test shows: the linter's rules, passwords as they are kept and typed, scripts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock
from calakan.people import passwords
from calakan.people.errors import PasswordWeak
from tests import factories
from tests.security.test_log_ins import PASSWORD, with_password

ROOT = Path(__file__).parents[2]
# A piece of code, and the rule of the linter that refuses it in the product.
REFUSED = {
    "eval(x)\n": "S307",
    "import pickle\n\npickle.loads(x)\n": "S301",
    "import hashlib\n\nhashlib.md5(x)\n": "S324",
    "import hashlib\n\nhashlib.sha1(x)\n": "S324",
    "import subprocess\n\nsubprocess.run(x, shell=True)\n": "S602",
    "import os\n\nos.system(x)\n": "S605",
    "import random\n\nrandom.choice(x)\n": "S311",
    "import requests\n\nrequests.get(x, timeout=1, verify=False)\n": "S501",
    "import yaml\n\nyaml.load(x)\n": "S506",
}
# Fragments that our own server has drawn are put in as they come; everything else is text.
TAKES_FRAGMENTS = {"segar.js", "templat.js"}


@pytest.mark.parametrize("code", REFUSED)
def test_the_linter_refuses_what_is_dangerous(code: str) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--stdin-filename", "calakan/kernel/sample.py", "-"]
    told = subprocess.run(command, input=code, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert REFUSED[code] in told.stdout


def test_scripts_write_text_but_for_fragments_of_our_own_server() -> None:
    scripts = [path for path in (ROOT / "calakan").rglob("*.js") if "vendor" not in path.parts]
    assert scripts
    writing = {path.name for path in scripts if any(w in path.read_text() for w in ("innerHTML", "insertAdjacentHTML"))}
    assert writing <= TAKES_FRAGMENTS
    assert not [path.name for path in scripts if "eval(" in path.read_text() or "document.write" in path.read_text()]


def test_scripts_merge_no_objects_from_outside() -> None:
    scripts = [path for path in (ROOT / "calakan").rglob("*.js") if "vendor" not in path.parts]
    merging = ("Object.assign", "__proto__", "setPrototypeOf", "...JSON")
    assert not [path.name for path in scripts if any(word in path.read_text() for word in merging)]


def test_a_password_of_years_ago_lets_in(app: Flask, client: FlaskClient) -> None:
    email = with_password().email
    with time_machine.travel(clock.now() + timedelta(days=1100)):
        answer = client.post("/masuk", data={"email": email, "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/hari-ini")


@pytest.mark.parametrize("page", ["/hari-ini", "/saya", "/saya/profil", "/diklat", "/akun/perangkat", "/privasi"])
def test_whoever_is_logged_in_logs_out_from_any_page(
    app: Flask, client_of: Callable[[int | None], FlaskClient], client: FlaskClient, page: str
) -> None:
    button = '<form method="post" action="/keluar"'
    assert button in client_of(factories.person().id).get(page, follow_redirects=True).get_data(as_text=True)
    assert button not in client.get(page, follow_redirects=True).get_data(as_text=True)


def test_a_password_is_kept_by_argon2id_at_the_recommended_cost() -> None:
    """In a process of its own, since tests make it cheap."""
    code = "from calakan.people import passwords; print(passwords.hashed('a' * 20))"
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert made.stdout.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_of_128_letters_counts_to_its_last_letter(app: Flask) -> None:
    long = ("belimbing wuluh tiga keranjang " * 5)[:128]
    passwords.check_strength(long, staff=True, about=[])
    kept = passwords.hashed(long)
    assert passwords.matches(kept, long)
    assert not passwords.matches(kept, long[:-1])
    assert not passwords.matches(kept, f" {long[1:]}")
    with pytest.raises(PasswordWeak):
        passwords.check_strength(f"{long}a", staff=True, about=[])


@pytest.mark.parametrize(
    ("page", "name", "kind"),
    [("/masuk", "password", "current-password"), ("/akun/daftar", "password", "new-password")],
)
def test_a_password_is_typed_unseen_and_managers_may_fill_it_in(
    app: Flask, client: FlaskClient, page: str, name: str, kind: str
) -> None:
    html = client.get(page).get_data(as_text=True)
    [field] = [tag.split(">")[0] for tag in html.split("<input")[1:] if f'name="{name}"' in tag.split(">")[0]]
    assert 'type="password"' in field
    assert f'autocomplete="{kind}"' in field
    assert "onpaste" not in html
    assert "pertanyaan rahasia" not in html.casefold()


@pytest.mark.parametrize(
    "path", ["/.git/config", "/.env", "/config.py", "/aset/", "/aset/x/.git/config", "/aset/x/..%2f..%2fapp.py"]
)
def test_nothing_but_our_own_files_is_handed_out(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/masuk", "/api/v1/diklat"])
def test_no_address_answers_a_trace(client: FlaskClient, path: str) -> None:
    assert client.open(path, method="TRACE").status_code == 405
