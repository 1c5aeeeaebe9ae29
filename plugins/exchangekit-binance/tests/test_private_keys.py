"""What the simulated venue takes for the signature of an Ed25519 or an RSA key.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security
"""

from __future__ import annotations

import base64
import hmac
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest

from exchangekit.testing.private_keys import OTHER, PRIVATE, public_of

pytest.importorskip("cryptography")
KINDS = ("ed25519", "rsa")


def _ask(wire: Any, payload: str, signature: str) -> Any:
    target = f"/api/v3/account?{payload}&signature={quote(signature, safe='')}"
    return wire.raw("GET", target, headers={"X-MBX-APIKEY": "uploaded"})


@pytest.mark.parametrize("kind", KINDS)
def test_the_simulated_venue_takes_base64_of_the_right_key_and_nothing_else(
    wire: Any, kind: str
) -> None:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    how = () if kind == "ed25519" else (PKCS1v15(), SHA256())
    payload = f"timestamp={wire.now}"

    def signed(pem: str, text: str) -> bytes:
        key: Any = load_pem_private_key(pem.encode(), None)
        made: bytes = key.sign(text.encode(), *how)
        return made

    wire.control.key("uploaded", public_key=public_of(PRIVATE[kind]))  # type: ignore[index]
    own, other = PRIVATE[kind], OTHER[kind]  # type: ignore[index]
    right = signed(own, payload)
    assert _ask(wire, payload, base64.b64encode(right).decode()).status == 200
    for wrong in (
        base64.b64encode(signed(other, payload)).decode(),
        base64.b64encode(signed(own, payload + "&recvWindow=9")).decode(),
        base64.b64encode(right).decode().lower(),
        base64.b64encode(right).decode()[:-4],
        right.hex(),
        hmac.new(b"", payload.encode(), sha256).hexdigest(),
        hmac.new(public_of(own).encode(), payload.encode(), sha256).hexdigest(),
    ):
        assert _ask(wire, payload, wrong).refusal[:2] == (400, -1022)
    wire.control.key("uploaded", secret="a-secret-again")
    assert _ask(wire, payload, base64.b64encode(right).decode()).refusal[:2] == (400, -1022)
    again = hmac.new(b"a-secret-again", payload.encode(), sha256).hexdigest()
    assert _ask(wire, payload, again).status == 200


def test_what_is_no_public_key_is_not_registered(wire: Any) -> None:
    for wrong in ("", "ssh-ed25519 AAAA", PRIVATE["ed25519"]):
        with pytest.raises(ValueError, match="no public key in PEM"):
            wire.control.key("uploaded", public_key=wrong)
    with pytest.raises(ValueError, match="a new key needs a secret, or a public_key"):
        wire.control.key("uploaded")
    kinds = {one["key"]: one["kind"] for one in wire.control.key("u", public_key=_P256)}
    assert kinds["u"] == "es256"


_P256 = public_of(PRIVATE["es256"])
