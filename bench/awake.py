"""`python -m bench.awake module …`: a command of the product at an hour of the day at which chats are awake."""

from __future__ import annotations

import runpy
import sys
from datetime import time

from calakan.notifications import night

if __name__ == "__main__":
    night.QUIET_FROM, night.QUIET_UNTIL = time.max, time.min
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
