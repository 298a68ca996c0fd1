"""`deploy/install --root`: every file of a host, the same after a second run, and settings with which production starts."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import config
from calakan.cli import cli
from calakan.stack.broker import program

DEPLOY = config.ROOT / "deploy"
GUIDE = config.ROOT / "docs" / "operasi.md"
GIVEN = (
    "--name", "diklat.example.org", "--mail", "smtp://u:p%40ss@mail.example.org:587?starttls=1",
    "--sender", "Rumah Diklat <calakan@example.org>",
)  # fmt: skip


def install(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(DEPLOY / "install"), "--root", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def files(root: Path) -> dict[str, tuple[int, bytes]]:
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {name: (path.stat().st_mode & 0o777, path.read_bytes()) for name, path in found.items()}


def settings(root: Path) -> dict[str, str]:
    """As systemd and a shell both read them."""
    lines = (root / "etc/calakan/calakan.env").read_text().splitlines()
    return dict(shlex.split(line)[0].split("=", 1) for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("proxy", ["caddy", "nginx", "none"])
def test_a_second_run_changes_nothing(tmp_path: Path, database: str, proxy: str) -> None:
    more = ("--proxy", proxy, *(("--postgresql",) if database == "postgresql" else ()))
    first = install(tmp_path, *GIVEN, *more)
    assert first.returncode == 0, first.stderr
    made = files(tmp_path)
    again = install(tmp_path)  # what it was told the first time stands in the settings
    assert (again.returncode, again.stderr) == (0, "")
    assert files(tmp_path) == made
    assert (tmp_path / "opt/calakan/app/config.py").is_file()
    assert (f"{proxy}" in first.stdout) == (f"{proxy}" in again.stdout) == (proxy != "none")
    assert made["etc/calakan/calakan.env"][0] == 0o640
    assert ("createdb" in first.stdout) == ("createdb" in again.stdout) == (database == "postgresql")
    front = {"caddy": "etc/caddy/Caddyfile", "nginx": "etc/nginx/sites-enabled/calakan"}.get(proxy)
    if front is not None:
        text = made[front][1].decode()
        assert "diklat.example.org" in text
        assert "@NAME@" not in text
        assert "X-Request-ID" in text


@pytest.mark.parametrize("more", [(), ("--postgresql",)])
def test_production_starts_with_the_settings(tmp_path: Path, more: tuple[str, ...]) -> None:
    assert install(tmp_path, *GIVEN, *more).returncode == 0
    given = {**settings(tmp_path), "CALAKAN_DATA_DIR": str(tmp_path / "data")}
    loaded = config.load(given)
    assert (loaded.production, loaded.trusted_proxies, loaded.log_format) == (True, 1, "json")
    assert loaded.base_url == "https://diklat.example.org"
    assert loaded.smtp_url == GIVEN[3]
    assert loaded.sqlite is not bool(more)


def test_what_the_operator_changed_stays(tmp_path: Path) -> None:
    assert install(tmp_path, *GIVEN).returncode == 0
    place = tmp_path / "etc/calakan/calakan.env"
    changed = place.read_text().replace('CALAKAN_TRUSTED_PROXIES="1"', 'CALAKAN_TRUSTED_PROXIES="2"')
    place.write_text(changed)
    assert install(tmp_path, *GIVEN).returncode == 0
    assert place.read_text() == changed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "deploy/install --name HOST"),
        (("--name", "a b", *GIVEN[2:]), "no name of a host"),
        (("--name", "a/../b", *GIVEN[2:]), "no name of a host"),
        ((*GIVEN[:2], "--mail", "smtp://u:$(id)@x", *GIVEN[4:]), "can stand in a setting: --mail"),
        ((*GIVEN[:4], "--sender", 'A" <a@b.c>'), "can stand in a setting: --sender"),
        ((*GIVEN, "--proxy", "apache"), "deploy/install --name HOST"),
        (("--what",), "deploy/install --name HOST"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_is_written(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = install(tmp_path, *arguments)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_takes_the_unit_and_finds_it_closed(tmp_path: Path) -> None:
    unit = tmp_path / "calakan.service"
    text = (DEPLOY / "calakan.service").read_text()
    unit.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))  # it looks for the program
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if "calakan" in line]) == (0, [])
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=30", str(unit)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0  # at most 3.0 of 10


def test_the_guide_names_what_there_is() -> None:
    from calakan.cli import attendance, audit, backup, certificates, channels, commands, people, reports, run, vault  # noqa: F401  # they add their commands

    text, script = GUIDE.read_text(), (DEPLOY / "install").read_text()
    named = {option for line in re.findall(r"deploy/install[^`]*", text) for option in re.findall(r"--[a-z]+", line)}
    assert named >= {"--name", "--mail", "--sender"}
    assert {option for option in named if option not in script} == set()
    assert {name for name in re.findall(r"sudo calakan (\w+)", text) if name not in {*cli.commands, "upgrade"}} == set()
    known = {name for name, *_ in config.describe()}
    assert set(re.findall(r"CALAKAN_[A-Z_]+", text)) <= known
    for path in re.findall(r"`(deploy/[\w.]+)", text):
        assert (config.ROOT / path).exists(), path


def namespaces() -> bool:
    """Whether a host can be had that is thrown away afterwards."""
    command = ["unshare", "-m", "-n", "-p", "-f", "sh", "-c", "mount -t tmpfs none /mnt && ip link set lo up && id -u"]
    try:
        return subprocess.run(command, capture_output=True, check=False).stdout == b"0\n"
    except OSError:
        return False


@pytest.mark.timeout(300)
@pytest.mark.skipif(not namespaces(), reason="needs namespaces of its own")
def test_a_bare_host_answers_and_a_new_version_that_fails_leaves_all_as_it_was() -> None:
    """Accounts, rights, schema, keys and processes are real; only packages and systemd are stand-ins."""
    base: str = getattr(sys, "_base_executable", sys.executable)
    command = [
        "unshare", "-m", "-n", "-p", "-f", "--mount-proc", "sh", str(Path(__file__).with_name("bare_host.sh")),
        str(config.ROOT), base, sysconfig.get_path("purelib"), program(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("it answers. Make the first admin") == 1
    assert "the version before goes on, with its rows: `calakan check`: /nowhere answers 404 NOT FOUND" in done.stderr
    assert "admin@example.org added" in done.stdout
    assert "opens all that is sealed" in done.stdout
    assert "\nowner calakan\n" in done.stdout
