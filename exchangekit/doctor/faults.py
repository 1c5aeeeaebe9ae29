"""Every fault the doctor can name in a captured request: the list of its documentation."""

from __future__ import annotations

DISPUTED = frozenset(
    {
        "order",
        "signature_not_last",
        "lower_hex",
        "plus_for_space",
        "unencoded",
        "upper_signature",
        "white_space",
    }
)
"""Faults that some venues let pass at some times, if what was sent is what was signed."""

FAULTS: dict[str, str] = {
    # Parameters in the query
    "order": "The parameters are not in the ASCII order of their names.",
    "signature_not_last": "The signature is not the last parameter.",
    "signature_signed": "The signature was part of what was signed.",
    "lower_hex": "Percent escapes have lower-case hex digits.",
    "plus_for_space": "A space is written as +.",
    "unencoded": "Parentheses, commas, non-ASCII or other characters are not percent-encoded.",
    "bad_escape": "A percent escape is broken, or is not UTF-8.",
    "odd_writing": "Something is encoded that needs no encoding, or a piece is empty.",
    "exponent": "A number is written with an exponent.",
    "duplicate": "A parameter is there twice.",
    "json_body": "Parameters are in a JSON body instead of the query.",
    "form_body": "Parameters are in a form body instead of the query.",
    # Signature
    "signature_missing": "There is no signature.",
    "signature_form": "The signature does not have the form of one.",
    "upper_signature": "The signature is in upper case.",
    "signed_not_sent": "What was signed is not what was sent.",
    "method_signed": "Another method was signed than the one that was sent.",
    "path_signed": "Another path was signed than the one that was sent.",
    "query_signed": "Another query was signed than the one that was sent.",
    "body_signed": "Another body was signed than the one that was sent.",
    "timestamp_signed": "Another timestamp was signed than the one that was sent.",
    "wrong_secret": "The signature was not made with this secret.",
    "secret_sent": "The secret itself is in the request.",
    # Time
    "timestamp_missing": "There is no timestamp.",
    "timestamp_seconds": "The timestamp is in seconds.",
    "timestamp_format": "The timestamp is not written as the venue wants it.",
    "timestamp_stale": "The timestamp is too old.",
    "timestamp_ahead": "The timestamp is in the future.",
    "recv_window_large": "recvWindow is larger than any venue takes.",
    "recv_window_format": "recvWindow is not a number of milliseconds.",
    "deadline_passed": "The order's own deadline has passed.",
    "nonce_missing": "There is no nonce, a number that only grows.",
    "nonce_format": "The nonce is no whole number.",
    # Key, passphrase, headers
    "key_missing": "The API key is missing.",
    "key_header": "The API key is in another header than the venue reads.",
    "key_shape": "The API key does not look like one of this venue.",
    "key_other": "The API key is not the one that was given to compare.",
    "white_space": "There is white space around the key, the secret or the passphrase.",
    "quoted": "There are quotation marks around the key or the secret.",
    "passphrase_missing": "The passphrase is missing.",
    "passphrase_other": "The passphrase is not the one that was given to compare.",
    "header_missing": "A header that every request to the venue needs is missing.",
    "content_type": "The body is not declared as what it should be: JSON, or a form.",
    # The command around it
    "unquoted_command": "The address is not quoted: a shell cuts it at the first &.",
    "plain_http": "The request goes over plain HTTP to another machine.",
    "fragment": "A raw # cuts the request: nothing after it is sent.",
    "query_expected": "Parameters of a GET are in its body, which is not read.",
    "body_expected": "Parameters of a POST are in the query instead of a JSON body.",
}
