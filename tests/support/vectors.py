"""Published examples of signatures, as facts: which are right, which are wrong, and why.

`text` is the exact text that was signed, in the order in which it was published (venues publish
unsorted parameters, which they accept when they are sent as they were signed). `WRONG` are
examples whose published signature is not the digest of their published text. `NO_VECTORS` are
published examples that prove nothing about an HMAC. A signature of 128 letters is one of SHA-512.
"""

from __future__ import annotations

from typing import NamedTuple

_MEXC = "45d0b3c26f2644f19bfb98b07741b2f5"
_BINANCE = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
_OKX = "22582BD0CFF14C41EDBF1AB98506286D"
_LTC = "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
_MEXC_ORDER = (
    "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&recvWindow=5000&timestamp=1644489390087"
)
_WS_KEY = "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"


class Vector(NamedTuple):
    name: str
    secret: str
    text: str
    signature: str
    """Hex, or base64 where it ends in "="."""
    why: str = ""


RIGHT = (
    Vector(
        "mexc-example-2",
        _MEXC,
        _MEXC_ORDER,
        "fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a",
    ),
    Vector(
        "mexc-example-3",
        _MEXC,
        _MEXC_ORDER.replace("LIMIT&", "LIMIT"),
        "d1a676610ceb39174c8039b3f548357994b2a34139a8addd33baadba65684592",
        "query and body put together with nothing between them",
    ),
    Vector(
        "binance-rest-hmac-1",
        _BINANCE,
        f"symbol=LTCBTC&{_LTC}&timestamp=1499827319559",
        "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71",
    ),
    Vector(
        "binance-rest-hmac-2",
        _BINANCE,
        "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96"
        f"&{_LTC}&timestamp=1499827319559",
        "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
        "a symbol that is not ASCII is percent-encoded before it is signed",
    ),
    Vector(
        "binance-rest-hmac-mixed",
        _BINANCE,
        "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTCquantity=1&price=0.1&recvWindow=5000"
        "&timestamp=1499827319559",
        "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77",
        "query and body put together with nothing between them; not published since 2025-12",
    ),
    Vector(
        "binance-wsapi-hmac-1",
        _BINANCE,
        f"{_WS_KEY}&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT"
        "&timeInForce=GTC&timestamp=1645423376532&type=LIMIT",
        "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24",
        "the WebSocket API sorts and includes the key",
    ),
    Vector(
        "binance-wsapi-hmac-2",
        _BINANCE,
        f"{_WS_KEY}&price=0.10000000&quantity=1.00000000&recvWindow=5000&side=BUY"
        "&symbol=１２３４５６&timeInForce=GTC&timestamp=1645423376532&type=LIMIT",
        "b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd",
        "the WebSocket API signs raw UTF-8, unlike REST",
    ),
    Vector(
        "binance-peer-nautilus-1",
        _BINANCE,
        "timestamp=1578963600000",
        "d84e6641b1e328e7b418fff030caed655c266299c9355e36ce801ed14631eed4",
    ),
    Vector(
        "okx-peer-jkorf",
        _OKX,
        "2020-12-08T09:08:57.57ZPOST/api/v5/account/balance"
        '{"instId":"BTC-USDT","lever":"5","mgnMode":"isolated"}',
        "SQ8OzSqaLcC5tF3MMKwonxGUXwGfGPkM60flrI/UJjo=",
        "its time has two digits after the point, which OKX does not document",
    ),
    Vector(
        "okx-peer-nautilus",
        "chNOOS4KvNXR_Xq4k4c9qsfoKWvnDecLATCRlcBwyKDYnWgO",
        "2020-12-08T09:08:57.715ZGET/api/v5/account/balance",
        "PJ61e1nb2F2Qd7D8SPiaIcx2gjdELc+o0ygzre9z33k=",
    ),
    Vector(
        "bybit-peer-nautilus-get",
        "test_secret",
        "1700000000000test_api_key5000category=linear&symbol=BTCUSDT",
        "fd4f31228a46109dc6673062328693696df9a96c7ff04e6491a45e7f63a0fdd7",
    ),
    Vector(
        "bybit-peer-nautilus-post",
        "test_secret",
        '1700000000000test_api_key5000{"category": "linear", "symbol": "BTCUSDT",'
        ' "orderLinkId": "test-order-1"}',
        "2df4a0603d69c08d5dea29ba85b46eb7db64ce9e9ebd34a7802a3d69700cb2a1",
    ),
    Vector(
        "bybit-peer-nautilus-ws",
        "test_secret",
        "GET/realtime1700000000000",
        "bacffe7500499eb829bb58c45d36d1b3e5ac67c14eaeba91df5e99ccee013925",
    ),
    Vector(
        "bybit-peer-jkorf-1",
        "XXXXXXXXXX",
        "1658384313791XXXXXXXXXX5000category=option&symbol=BTC-29JUL22-25000-C",
        "b3a13cbd6f9de0ad7ece696645a98000281be3558716624cfca03debd2f24574",
        "published in upper case",
    ),
    Vector(
        "bybit-peer-jkorf-2",
        "XXXXXXXXXX",
        '1658385578423XXXXXXXXXX5000{"category":"option"}',
        "a04dea33a62e644897b14c6ff458db428b9c2424b5cb785c9586490ccaca24af",
        "published in upper case",
    ),
    Vector(
        "gate-docs-1",
        "secret",
        "GET\n/api/v4/futures/orders\ncontract=BTC_USD&status=finished&limit=50\n"
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e\n1541993715",
        "55f84ea195d6fe57ce62464daaa7c3c02fa9d1dde954e4c898289c9a2407a3d6"
        "fb3faf24deff16790d726b66ac9f74526668b13bd01029199cc4fcc522418b8a",
    ),
    Vector(
        "gate-docs-2",
        "secret",
        "POST\n/api/v4/futures/orders\n\n"
        "ad3c169203dc3026558f01b4df307641fa1fa361f086b2306658886d5708767b"
        "1854797c68d9e62fef2f991645aa82673622ebf417e091d0bd22bafe5d956cca\n1541993715",
        "eae42da914a590ddf727473aff25fc87d50b64783941061f47a3fdb92742541f"
        "c4c2c14017581b4199a1418d54471c269c03a38d788d802e2c306c37636389f0",
        "the body itself is not published, its hash is",
    ),
    Vector(
        "gate-peer-xchange",
        "b",
        "POST\n/a\n?b=c\n"
        "0ecb6b82f4b4434807ee4c5e567162618043e7510d7aa3c91502277757a75067"
        "b479dae0de5ff53143dd03cba2ce2870fa9a072f74c91878efd27955448a45a3\n1691707273890",
        "de31e211a60623ba2c41e65a3c21e550400ffccfef55578173e09f2b34cf46b4"
        "26c587f01b4c12474608dc856b1ba226a71004f7989603236c885c23275d5577",
        "a test of the digest alone: a request has seconds and no question mark",
    ),
    Vector(
        "kucoin-docs",
        "f03a5284-5c39-4aaa-9b20-dea10bdcf8e3",
        '1547015186532POST/api/v1/deposit-addresses{"currency":"BTC"}',
        "7QP/oM0ykidMdrfNEUmng8eZjg/ZvPafjIqmxiVfYu4=",
    ),
    Vector(
        "kucoin-sdk-signer",
        "test_api_secret",
        "test_plain",
        "jie/gxS38wLFFaBwl/cAzFbAzlI8MIny96jSXrB+iP4=",
    ),
    Vector(
        "bitget-peer-xchange-rest",
        "secret",
        "1725040472073GET/api/v2/spot/account/assets",
        "p8vWylxL4JJCyy6B81n82ZEySiWChClCw99FTDocviA=",
    ),
    Vector(
        "bitget-peer-xchange-ws",
        "a",
        "1730301330GET/user/verify",
        "t0RPH0gO4ut6hHfJWZwKgtnL7XnVsa4AUenaIIbWCuc=",
    ),
)

WRONG = (
    Vector(
        "mexc-example-1",
        _MEXC,
        _MEXC_ORDER,
        "323c96ab85a745712e95e63cad28903dd8292e4a905e99c4ee3932023843a117",
        "the same text and secret as example 2, which is right",
    ),
    Vector(
        "binance-rest-hmac-2-counterexample",
        _BINANCE,
        f"symbol=１２３４５６&{_LTC}&timestamp=1499827319559",
        "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
        "raw UTF-8: the published signature is that of the percent-encoded text",
    ),
    Vector(
        "okx-ws-login",
        _OKX,
        "1538054050GET/users/self/verify",
        "7L+zFQ+CEgGu5rzCj4+BdV2/uUHGqddA9pI6ztsRRPs=",
        "made with a secret that OKX never published; this is the example secret of its page",
    ),
)

_RSA = "RSA, and the private key is not published"
_NOT_ED25519 = "pasted RSA output: an Ed25519 signature has 64 bytes"
_ED25519 = "Ed25519, and the private key is not published"
_NO_SECRET = "the secret is not published"

NO_VECTORS = {
    "binance-rest-rsa-1": _RSA,
    "binance-rest-rsa-2": _RSA,
    "binance-rest-ed25519-1": _NOT_ED25519,
    "binance-rest-ed25519-2": _NOT_ED25519,
    "binance-wsapi-rsa-1": _RSA,
    "binance-wsapi-rsa-2": _RSA,
    "binance-wsapi-ed25519-1": _ED25519,
    "binance-wsapi-ed25519-2": _ED25519,
    "binance-wsapi-all-request-examples": "a summary: 5 of 22 request examples are decoration",
    "bybit-guide-1": _NO_SECRET,
    "bybit-guide-2": _NO_SECRET,
}
# The same text, secret and signature as another one.
SAME_AS = {"binance-peer-nautilus-2": "binance-rest-hmac-1"}
