"""Whom encrypted connections trust: the same for transports and for the doctor."""

from __future__ import annotations

import ssl


def tls_context() -> ssl.SSLContext:
    """certifi's authorities, or those that SSL_CERT_FILE or SSL_CERT_DIR names."""
    # Only now: httpx is a third of the kit's import time.
    import httpx

    return httpx.create_ssl_context()
