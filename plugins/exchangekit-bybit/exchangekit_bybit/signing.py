"""How Bybit wants its requests signed: https://bybit-exchange.github.io/docs/v5/guide"""

from exchangekit.adapter import DeclaredPrehash

SIGNER = DeclaredPrehash(
    template="{timestamp}{key}{window}{query}{body}",
    headers={
        "X-BAPI-API-KEY": "{key}",
        "X-BAPI-SIGN": "{signature}",
        "X-BAPI-TIMESTAMP": "{timestamp}",
        "X-BAPI-RECV-WINDOW": "{window}",
    },
    encoding="hex",
    behind_ms=5000,
    ahead_ms=1000,
)
