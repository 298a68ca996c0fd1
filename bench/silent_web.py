"""The web server of the product, in which nobody writes messages: what a request costs without them."""

from __future__ import annotations

import sys

from gunicorn.app.wsgiapp import run

from calakan.notifications import services

if __name__ == "__main__":
    services.queue_rows = lambda rows, **options: 0
    sys.argv = ["gunicorn", "-c", "python:calakan.stack.gunicorn_conf"]
    run()
