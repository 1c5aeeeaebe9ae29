"""Declarations of how venues sign, each with the public page that it was read from."""

from __future__ import annotations

from exchangekit_bybit.adapter import BybitAdapter

from exchangekit.adapter import DeclaredPrehash


def passphrased(prefix: str, **more: str) -> DeclaredPrehash:
    """Time in ISO, method, target and body, in base64, with a passphrase; `more` headers."""
    return DeclaredPrehash(
        template="{timestamp}{method}{target}{body}",
        headers={
            f"{prefix}-KEY": "{key}",
            f"{prefix}-SIGN": "{signature}",
            f"{prefix}-TIMESTAMP": "{timestamp}",
            f"{prefix}-PASSPHRASE": "{passphrase}",
            **more,
        },
        encoding="base64",
        time="iso",
    )


# https://www.okx.com/docs-v5/en/#overview-rest-authentication
OKX = passphrased("OK-ACCESS", expTime="{deadline}")

BYBIT = BybitAdapter.signer
assert isinstance(BYBIT, DeclaredPrehash)

# https://www.bitget.com/api-doc/common/signature
BITGET = DeclaredPrehash(
    template="{timestamp}{method}{target}{body}",
    headers={
        "ACCESS-KEY": "{key}",
        "ACCESS-SIGN": "{signature}",
        "ACCESS-TIMESTAMP": "{timestamp}",
        "ACCESS-PASSPHRASE": "{passphrase}",
        "locale": "en-US",
    },
    # https://www.bitget.com/api-doc/spot/trade/Place-Order: refused when it comes later.
    body={"requestTime": "{timestamp}", "receiveWindow": "{window}"},
    encoding="base64",
)

# https://www.gate.com/docs/developers/apiv4/en/#authentication
GATE = DeclaredPrehash(
    template="{method}\n{path}\n{plain_query}\n{body_hash}\n{timestamp}",
    headers={
        "KEY": "{key}",
        "Timestamp": "{timestamp}",
        "SIGN": "{signature}",
        "x-gate-exptime": "{deadline}",
    },
    hash="sha512",
    encoding="hex",
    time="s",
    behind_ms=60_000,
    ahead_ms=60_000,
)

# https://www.kucoin.com/docs-new/authentication
KUCOIN = DeclaredPrehash(
    template="{timestamp}{method}{target}{body}",
    headers={
        "KC-API-KEY": "{key}",
        "KC-API-SIGN": "{signature}",
        "KC-API-TIMESTAMP": "{timestamp}",
        "KC-API-PASSPHRASE": "{signed_passphrase}",
        "KC-API-KEY-VERSION": "2",
    },
    # https://www.kucoin.com/docs-new/rest/spot-trading/orders/add-order
    body={"clientTimestamp": "{timestamp}", "allowMaxTimeWindow": "{window}"},
    body_numbers=True,
    encoding="base64",
    behind_ms=5000,
    ahead_ms=5000,
)

DECLARED = {"okx": OKX, "bybit": BYBIT, "bitget": BITGET, "gate": GATE, "kucoin": KUCOIN}
