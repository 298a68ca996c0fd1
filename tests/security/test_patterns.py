"""Text that was written to keep a reader busy is read in time that grows with its length alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MANY = 200_000
PATIENCE_S = 120  # one look at each part for each other part would take hours
QUESTIONS = {
    "blanks before a letter": "Soal?\nA. x\nB. y\nANSWER: A" + " " * MANY + "x\n",
    "an answer without a colon": "ANSWER" + " " * MANY + "x\nSoal?\nA. x\nB. y\nANSWER: A\n",
    "lines without options": "x\n" * MANY + "A. x\nB. y\nANSWER: A\n",
    "options without an end": "Soal\n" + "A. x\n" * MANY + "ANSWER: A\n",
    "a brace that stays open": "Soal {=a\n" * MANY,
    "braces": "{" * MANY + "\n\nSoal {=a ~b}\n",
    "marks": "{" + "=" * MANY + "\n\nSoal {=a ~b}\n",
    "titles": "::" * MANY + " {=a ~b}\n",
    "tags": '<?xml version="1.0"?><quiz><question type="multichoice"><questiontext format="html"><text><![CDATA['
    + "<a" * MANY
    + "]]></text></questiontext></question></quiz>",
}


@pytest.mark.parametrize("text", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_a_bank_of_questions(text: str) -> None:
    code = """
import sys
from calakan.assessment import question_files
from calakan.kernel.errors import DomainError
try:
    question_files.read(sys.stdin.buffer.read())
except DomainError:
    pass
"""
    root, command = Path(__file__).parents[2], [sys.executable, "-c", code]
    subprocess.run(command, input=text.encode(), cwd=root, timeout=PATIENCE_S, check=True)
