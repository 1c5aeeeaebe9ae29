"""How Bitget wants its requests signed: https://www.bitget.com/api-doc/common/signature"""

from dataclasses import replace

from exchangekit.adapter import DeclaredPrehash

SIGNER = DeclaredPrehash(
    template="{timestamp}{method}{target}{body}",
    headers={
        "ACCESS-KEY": "{key}",
        "ACCESS-SIGN": "{signature}",
        "ACCESS-TIMESTAMP": "{timestamp}",
        "ACCESS-PASSPHRASE": "{passphrase}",
        "locale": "en-US",
    },
    # https://www.bitget.com/api-doc/spot/trade/Place-Order: what arrives later than receiveWindow
    # after the time that was signed is refused.
    body={"requestTime": "{timestamp}", "receiveWindow": "{window}"},
    encoding="base64",
    # https://www.bitget.com/api-doc/common/signature-samaple/rsa: the same text, PKCS1v15 over
    # SHA-256. Such a key has a passphrase, too.
    kinds=("hmac", "rsa"),
)

# Orders of the unified API have no receiveWindow. What they have is the rule for all that is signed
# (…/common/signature-samaple/interaction): 30 seconds after its time a request is refused.
UNIFIED_SIGNER = replace(SIGNER, body={}, backdates=True)
