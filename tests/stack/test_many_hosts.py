"""Two hosts with data folders of their own carry a diklat from publishing to the checked certificate, whatever is killed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.servers.stack import ROOT

pytestmark = [pytest.mark.timeout(600), pytest.mark.real_clock]


def test_two_hosts_share_what_they_know_and_outlive_each_other() -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("CALAKAN_", "PROMETHEUS_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.stack.many_hosts"],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
    assert "the whole job is done" in done.stdout
