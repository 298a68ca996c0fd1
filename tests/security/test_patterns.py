"""Text that was written to keep a reader busy is read in time that grows with its length alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

MANY = 200_000
PATIENCE_S = 120  # one look at each part for each other part would take hours
OPEN = (
    "<a", "<a ", "<a/", "<a b='", '<a b="', "<a b=c ", "</", "</p ", "<!", "<!-", "<!--", "<![", "<![CDATA", "<?", "<script>",
    "<sup>", "&#", "&a;",
)  # fmt: skip
QUESTIONS = {
    "blanks before a letter": "Soal?\nA. x\nB. y\nANSWER: A" + " " * MANY + "x\n",
    "an answer without a colon": "ANSWER" + " " * MANY + "x\nSoal?\nA. x\nB. y\nANSWER: A\n",
    "lines without options": "x\n" * MANY + "A. x\nB. y\nANSWER: A\n",
    "options without an end": "Soal\n" + "A. x\n" * MANY + "ANSWER: A\n",
    "a brace that stays open": "Soal {=a\n" * MANY,
    "braces": "{" * MANY + "\n\nSoal {=a ~b}\n",
    "marks": "{" + "=" * MANY + "\n\nSoal {=a ~b}\n",
    "titles": "::" * MANY + " {=a ~b}\n",
}


QUESTIONS |= {
    f"{way} {mark}": before + mark * MANY + after
    for mark in OPEN
    for way, before, after in (
        (
            "Moodle",
            '<?xml version="1.0"?><quiz><question type="multichoice"><questiontext format="html"><text><![CDATA[',
            ']]></text></questiontext><answer fraction="100"><text>a</text></answer>'
            '<answer fraction="0"><text>b</text></answer></question></quiz>',
        ),
        ("GIFT", "[html]", " {=a ~b}\n"),
    )
}


def test_banks_of_questions() -> None:
    """All by one reader, which says which one it is at."""
    code = """
import json, sys
from calakan.assessment import question_files
from calakan.kernel.errors import DomainError
for name, text in json.load(sys.stdin).items():
    print(name, flush=True)
    try:
        question_files.read(text.encode())
    except DomainError:
        pass
"""
    root, command = Path(__file__).parents[2], [sys.executable, "-c", code]
    try:
        done = subprocess.run(
            command, input=json.dumps(QUESTIONS), cwd=root, timeout=PATIENCE_S, text=True, capture_output=True
        )
    except subprocess.TimeoutExpired as late:
        pytest.fail(f"{(late.stdout or b'').decode().splitlines()[-1:]} takes its square")
    assert done.returncode == 0, (done.stdout.splitlines()[-1:], done.stderr)
