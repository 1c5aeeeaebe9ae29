"""Whom encrypted connections trust: the same for transports and for the doctor."""

from __future__ import annotations

import os
import ssl
from functools import cache


def tls_context() -> ssl.SSLContext:
    """certifi's authorities, or those that SSL_CERT_FILE or SSL_CERT_DIR names."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file:
        return ssl.create_default_context(cafile=file)
    if folder:
        return ssl.create_default_context(capath=folder)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


@cache
def shared_tls() -> ssl.SSLContext:
    """One context for all transports of the process: to read the authorities takes 20 ms."""
    made = tls_context()
    made.set_alpn_protocols(["http/1.1"])
    return made
