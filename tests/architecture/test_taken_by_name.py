"""What a request brings is taken field by field, by its name: nothing that somebody adds to a form reaches a column."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
WHOLE = re.compile(
    r"\bpopulate_obj\b"  # whatever a form holds becomes attributes
    r"|\*\*\s*\(?\s*(?:dict\()?\s*(?:flask\.)?request\.(?!view_args)"  # view_args are those of the address
    r"|\*\*\s*\w*\.data\b"
    r"|\brequest\.(?:form|values|json)\.(?:to_dict|items|lists)\("
)
ALLOWED = {
    "calakan/notifications/webhooks/views.py: request.form.to_dict(",  # of providers; read by name in `news`
    "calakan/privacy/manage.py: **form.data",  # the service's own parameters, each a number of the form
    "calakan/web/away.py: request.form.items(",  # shown again on the page that says that nothing was stored
    "calakan/web/gate.py: request.values.items(",  # looked at for a NUL
}


def test_nothing_takes_a_request_as_a_whole() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "calakan").rglob("*.py"))
        for match in WHOLE.finditer(path.read_text())
    }
    assert found == ALLOWED
