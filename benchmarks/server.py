"""The venue of the benchmark: a raw server on loopback, in a process of its own.

``python -m benchmarks.server VENUE [--tls FOLDER]`` prints its address and answers until its
standard input ends. It reads no more of HTTP than both clients need, so that what is measured is
them; the rows named floor show what it takes by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

from benchmarks import answers
from benchmarks.clients import Answers
from benchmarks.scale import SMALL

_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nServer: bench\r\n"
    b"Connection: keep-alive\r\nContent-Length: "
)


class _Connection(asyncio.Protocol):
    def __init__(self, served: Answers) -> None:
        self._served = served
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while True:
            head, found, rest = self._heard.partition(b"\r\n\r\n")
            if not found:
                return
            length = _length(head)
            if len(rest) < length:
                return
            self._heard = rest[length:]
            method, target, _ = head.split(b" ", 2)
            body = self._served.to(method.decode(), target.decode(), rest[:length].decode())
            self._transport.write(b"%b%d\r\n\r\n%b" % (_HEAD, len(body), body))


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def _serve(venue: str, tls: str | None) -> None:
    bodies = answers.bodies(venue, SMALL)
    if venue != "okx":
        one = json.loads(bodies["GET", "/api/v3/ticker/24hr"])[0] | {"symbol": "BTCUSDT"}
        bodies["GET", "/api/v3/ticker/24hr"] = json.dumps(one).encode()
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Path(tls) / "server.pem")
    loop = asyncio.get_running_loop()
    served = Answers(bodies)
    server = await loop.create_server(
        lambda: _Connection(served), "127.0.0.1", 0, ssl=context, backlog=4096
    )
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"{'http' if tls is None else 'https'}://localhost:{port}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@dataclass(frozen=True, slots=True)
class Certified:
    """A folder with a certificate that nobody but this run trusts."""

    folder: Path

    @property
    def authority(self) -> str:
        return str(self.folder / "authority.pem")


def certify(folder: Path) -> Certified:
    """Make an authority and a certificate of localhost."""
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    made = authority.issue_cert("localhost")
    made.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    return Certified(folder)


@contextlib.contextmanager
def serving(venue: str, tls: Certified | None = None) -> Iterator[str]:
    """Its address, while it runs."""
    words = [sys.executable, "-m", "benchmarks.server", venue]
    if tls is not None:
        words += ["--tls", str(tls.folder)]
    process = Popen(words, stdin=PIPE, stdout=PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], sys.argv[3] if len(sys.argv) > 3 else None))
