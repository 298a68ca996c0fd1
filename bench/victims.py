"""All processes of an installation, each by itself, so that any of them can be killed or frozen, and comes back."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from collections import Counter

import redis

from bench import processes
from bench.site import Site, _end
from calakan.stack import broker
from calakan.stack.commands import commands
from tests.servers.broker import start_broker

PROCESSES = ("web", "worker", "beat", "second beat")
FORGETS = "what the broker holds"
VICTIMS = (*PROCESSES, "worker", "one worker process", "broker", FORGETS)
FROZEN_SECONDS = (0.3, 2.0)


class Victims:
    """A web, a worker with its processes, two beats and the broker of a site."""

    def __init__(self, site: Site, chance: random.Random) -> None:
        self.site, self.chance = site, chance
        self.told: Counter[str] = Counter()
        self.running = {name: self._start(name) for name in PROCESSES}

    def strike(self) -> None:
        """Kill one of them, or let it stand still for a moment."""
        name = self.chance.choice(VICTIMS)
        if name in PROCESSES and self.chance.random() < 0.3:
            self.told["frozen"] += 1
            self._freeze(name)
        else:
            self.told["killed"] += 1
            self.kill(name)

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        command = list(commands(self.site.settings)["beat" if name == "second beat" else name])
        if name == "second beat":  # two beats on two hosts have two files in which they remember
            command[command.index("--schedule") + 1] = str(self.site.folder / "second-beat")
        if name != "web":
            command.insert(command.index("-m") + 1, "bench.awake")
        return self.site.spawn(command)

    def kill(self, name: str) -> None:
        if name == FORGETS:
            with contextlib.closing(redis.Redis.from_url(broker.client_url(self.site.settings))) as client:
                client.flushall()
        elif name == "broker":
            assert self.site.broker is not None
            self.site.broker.kill()
            self.site.broker.wait()
            time.sleep(0.5)
            self.site.broker = start_broker(self.site.settings)
            assert self.site.broker is not None
            self.site._open.callback(_end, self.site.broker)
        elif name == "one worker process":
            children = processes.below(self.running["worker"].pid)[1:]
            if children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(children[0].pid, signal.SIGKILL)
        else:
            os.killpg(self.running[name].pid, signal.SIGKILL)
            self.running[name].wait()
            self.running[name] = self._start(name)

    def _freeze(self, name: str) -> None:
        group = self.running[name].pid
        os.killpg(group, signal.SIGSTOP)
        time.sleep(self.chance.uniform(*FROZEN_SECONDS))
        os.killpg(group, signal.SIGCONT)
