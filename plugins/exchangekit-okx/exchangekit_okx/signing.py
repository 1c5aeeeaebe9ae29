"""How OKX wants its requests signed: https://www.okx.com/docs-v5/en/#overview-rest-authentication"""

from exchangekit.adapter import DeclaredPrehash

SIGNER = DeclaredPrehash(
    template="{timestamp}{method}{target}{body}",
    headers={
        "OK-ACCESS-KEY": "{key}",
        "OK-ACCESS-SIGN": "{signature}",
        "OK-ACCESS-TIMESTAMP": "{timestamp}",
        "OK-ACCESS-PASSPHRASE": "{passphrase}",
        "expTime": "{deadline}",
    },
    encoding="base64",
    time="iso",
)
