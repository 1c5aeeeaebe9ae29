"""Programs that place orders and are killed with SIGKILL between two steps: ``-m support.dying``.

It reads a job a line from standard input (JSON, see `Job`), forks a program for each and answers a
line: what came of it, or at which step it killed itself. A first job without programs is done right
here: it loads and makes what would otherwise be made in each of them, so that a program costs a
fork and not a start of Python.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exchangekit import ExchangeError, Journal, connect, connect_sync
from exchangekit.journal import store
from exchangekit.runtime import drivers
from exchangekit.runtime.effects import Effect, Record, Send
from exchangekit.runtime.limits import forget_shared_limits
from exchangekit.runtime.transports import deadlines, sockets
from exchangekit.runtime.transports.channel import Channel

Job = dict[str, Any]
"""``kind`` sync or async, ``options`` of connect, ``journal`` its path, ``orders`` (amount, price,
name) to place one after another, ``step`` before which to die (None: live), and how many such
``programs`` run at once (0: this one does it)."""
HERE = Path(__file__).resolve().parent.parent


class Fuse:
    """Counts steps, and kills this process before one of them."""

    def __init__(self, step: int | None, tell: Callable[[str], None]) -> None:
        self.step = step
        self.tell = tell
        self.passed = 0

    def at(self, where: str) -> None:
        if self.passed == self.step:
            self.tell(where)
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1


def lay(fuse: Fuse) -> None:
    """From here on every step of placing is counted: each effect, what goes over the wire, what is
    committed."""
    sync_step, async_step = drivers.SyncDriver._carry_out, drivers.AsyncDriver._carry_out

    def carried(driver: drivers.SyncDriver, effect: Effect) -> Any:
        fuse.at(f"before {_name(effect)}")
        try:
            return sync_step(driver, effect)
        finally:
            fuse.at(f"after {_name(effect)}")

    async def awaited(driver: drivers.AsyncDriver, effect: Effect) -> Any:
        fuse.at(f"before {_name(effect)}")
        try:
            return await async_step(driver, effect)
        finally:
            fuse.at(f"after {_name(effect)}")

    clock = drivers._Clocked._seconds

    def seconds(driver: drivers._Clocked) -> float:
        fuse.at("before Now")
        try:
            return clock(driver)
        finally:
            fuse.at("after Now")

    drivers._Clocked._seconds = seconds  # type: ignore[method-assign]
    drivers.SyncDriver._carry_out = carried  # type: ignore[method-assign]
    drivers.AsyncDriver._carry_out = awaited  # type: ignore[method-assign]
    _lay_on_the_wire(fuse)
    commits, makes = store.transaction, store.make_file

    @contextmanager
    def transaction(connection: Any, kind: str = "IMMEDIATE") -> Iterator[None]:
        with commits(connection, kind):
            yield
            fuse.at(f"before commit {kind}")
        fuse.at(f"after commit {kind}")

    def make_file(path: Path) -> None:
        makes(path)
        fuse.at("after the file was made")

    store.transaction, store.make_file = transaction, make_file


def _lay_on_the_wire(fuse: Fuse) -> None:
    for stream in (deadlines._Stream, sockets._Stream):
        for way in ("write", "read"):
            setattr(stream, way, _counted(fuse, stream, way))
    Channel.send = _counted(fuse, Channel, "send", "write")  # type: ignore[method-assign]
    Channel.read = _counted(fuse, Channel, "read")  # type: ignore[method-assign]


def _counted(fuse: Fuse, stream: Any, name: str, way: str = "") -> Any:
    real, way = getattr(stream, name), way or name

    def plain(self: Any, *given: Any, **named: Any) -> Any:
        made = real(self, *given, **named)
        fuse.at(f"after bytes were {way}")
        return made

    async def awaited(self: Any, *given: Any, **named: Any) -> Any:
        made = await real(self, *given, **named)
        fuse.at(f"after bytes were {way}")
        return made

    return awaited if asyncio.iscoroutinefunction(real) else plain


def _name(effect: Effect) -> str:
    kind = type(effect).__name__
    if isinstance(effect, Send):
        return f"{kind} {effect.outgoing.method} {effect.outgoing.path}"
    return f"{kind} {type(effect.entry).__name__}" if isinstance(effect, Record) else kind


# What a program does


def place(job: Job, ready: Callable[[], None]) -> list[list[str]]:
    """The id of each order, or what was raised."""
    journal = Journal(job["journal"])
    orders = [job["orders"][start : start + 10] for start in range(0, len(job["orders"]), 10)]
    came: list[list[str]] = []
    for some in orders:
        forget_shared_limits()  # what the kit itself holds back is not tested here
        if job["kind"] == "sync":
            with connect_sync("binance", journal=journal, **job["options"]) as exchange:
                if job["programs"] > 1:
                    exchange.load_markets()
                    ready()
                for amount, price, name in some:
                    try:
                        made = exchange.create_limit_order(
                            "BTC/USDT", "buy", amount, price, client_order_id=name
                        )
                    except ExchangeError as problem:
                        came.append([name, repr(problem)])
                    else:
                        came.append([name, str(made.id)])
        else:
            came += asyncio.run(_placed(job, journal, some, ready))
    journal.close()
    return came


async def _placed(job: Job, journal: Journal, some: Any, ready: Callable[[], None]) -> Any:
    async with connect("binance", journal=journal, **job["options"]) as exchange:
        if job["programs"] > 1:
            await exchange.load_markets()
            ready()

        async def one(amount: str, price: str, name: str) -> list[str]:
            try:
                made = await exchange.create_limit_order(
                    "BTC/USDT", "buy", amount, price, client_order_id=name
                )
            except ExchangeError as problem:
                return [name, repr(problem)]
            return [name, str(made.id)]

        return await asyncio.gather(*(one(*order) for order in some))


def fork(job: Job, gate: int) -> tuple[int, int]:
    """A program at work: its process, and where what came of it is read."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    try:
        os.close(reading)
        waited = False

        def tell(word: str) -> None:
            os.write(writing, json.dumps(word).encode() + b"\n")

        def ready() -> None:
            nonlocal waited
            if not waited:
                tell("ready")
                os.read(gate, 1)
                waited = True

        fuse = Fuse(job["step"], tell)
        lay(fuse)
        came = json.dumps({"came": place(job, ready), "steps": fuse.passed})
        os.write(writing, came.encode() + b"\n")
    except BaseException as problem:
        os.write(writing, json.dumps({"failed": repr(problem)}).encode() + b"\n")
    finally:
        os._exit(0)


def run(job: Job) -> list[Any]:
    """What each program told last."""
    if not job["programs"]:
        return place(job, lambda: None)
    closed, gate = os.pipe()
    programs = [fork(job, closed) for _ in range(job["programs"])]
    files = [os.fdopen(reading) for _, reading in programs]
    if job["programs"] > 1:
        assert [one.readline() for one in files] == ['"ready"\n'] * len(files)
        os.write(gate, b"." * len(files))
    told = [one.read() for one in files]
    for one, (pid, _) in zip(files, programs, strict=True):
        one.close()
        os.waitpid(pid, 0)
    os.close(closed)
    os.close(gate)
    return [json.loads(one.splitlines()[-1]) for one in told]


class Programs:
    """For tests: `run(...)` runs a job in a process of its own, which is kept for the next one."""

    def __init__(self) -> None:
        path = os.pathsep.join([str(HERE), *sys.path])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.dying"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": path},
            text=True,
        )

    def run(self, kind: str, orders: Any, *, step: int | None = None, **job: Any) -> list[Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job = {"programs": 1, **job, "kind": kind, "orders": orders, "step": step}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        made: list[Any] = json.loads(self._process.stdout.readline())
        return made

    def close(self) -> None:
        self._process.communicate()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
