"""The way to a venue, step by step: name, connection, encryption. Opens sockets, sends nothing."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from exchangekit.doctor.findings import Line, Verdict
from exchangekit.doctor.holder import on_this_machine
from exchangekit.runtime.transports.tls import tls_context

_SECONDS = 5.0
_SOON_DAYS = 14


def reach(base_url: str) -> Iterator[Line]:
    """Lines for name, connection and encryption; ends after the first that fails."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = _resolve(host, port)
    if isinstance(addresses, str):
        advice = "Check the address and this machine's network and DNS: is it online?"
        yield Line("name", Verdict.FAIL, f"{host} cannot be found ({addresses}).", advice)
        return
    shown = ", ".join(dict.fromkeys(str(entry[4][0]) for entry in addresses))
    said = f"{host} is {shown}." if shown != host else f"{host} is an address, not a name."
    yield Line("name", Verdict.PASS, said)
    began = time.monotonic()
    try:
        opened = socket.create_connection((host, port), timeout=_SECONDS)
    except OSError as problem:
        yield _not_connected(host, port, problem)
        return
    with closing(opened):
        took = (time.monotonic() - began) * 1000
        yield Line("connection", Verdict.PASS, f"Port {port} answers after {took:.0f} ms.")
        yield _encryption(opened, parts.scheme, host)


def _resolve(host: str, port: int) -> list[Any] | str:
    """The addresses of a name, or why there are none. The system's own patience can be minutes."""
    found: list[list[Any] | str] = []

    def ask() -> None:
        try:
            found.append(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as problem:
            found.append(_words(problem))

    asking = threading.Thread(target=ask, name="exchangekit-doctor", daemon=True)
    asking.start()
    asking.join(_SECONDS)
    return found[0] if found else f"no answer within {_SECONDS:g} s"


def _not_connected(host: str, port: int, problem: OSError) -> Line:
    if isinstance(problem, ConnectionRefusedError):
        said = f"{host} refuses connections on port {port}."
        advice = "Check the address and its port: nothing listens there, or a firewall says no."
    elif isinstance(problem, TimeoutError):
        said = f"{host} does not answer on port {port} within {_SECONDS:g} s."
        advice = "A firewall, a VPN or the country's network may be in the way."
    else:
        said = f"No connection to {host} on port {port} ({_words(problem)})."
        advice = "Check this machine's network."
    return Line("connection", Verdict.FAIL, said, advice)


def _encryption(opened: socket.socket, scheme: str, host: str) -> Line:
    if scheme != "https":
        if on_this_machine(host):
            said = "Plain HTTP to this machine: nothing to check."
            return Line("tls", Verdict.SKIP, said)
        said = "Plain HTTP: everybody on the way can read the key."
        return Line("tls", Verdict.WARN, said, "Use an https:// address.")
    try:
        with tls_context().wrap_socket(opened, server_hostname=host) as secured:
            return _certificate(secured)
    except ssl.SSLCertVerificationError as problem:
        said = f"The certificate of {host} is not accepted ({problem.verify_message})."
        advice = (
            "Something may stand between this machine and the venue (a proxy, a captive portal):"
            " send no keys. A wrong date on this machine does the same."
        )
        return Line("tls", Verdict.FAIL, said, advice)
    except (OSError, ValueError) as problem:
        said = f"No encrypted connection ({_words(problem)})."
        return Line("tls", Verdict.FAIL, said, "Check that the address speaks HTTPS on this port.")


def _certificate(secured: ssl.SSLSocket) -> Line:
    version = secured.version() or "TLS"
    ends = (secured.getpeercert() or {}).get("notAfter")
    if not isinstance(ends, str):
        return Line("tls", Verdict.PASS, f"{version}, certificate accepted.")
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
    said = f"{version}, certificate accepted (valid until {until:%Y-%m-%d})."
    if (until - datetime.now(UTC)).days < _SOON_DAYS:
        advice = "The venue should renew it: expect connections to fail if it does not."
        return Line("tls", Verdict.WARN, said, advice)
    return Line("tls", Verdict.PASS, said)


def _words(problem: Exception) -> str:
    said = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    return str(said).strip().lower()
