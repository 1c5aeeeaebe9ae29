"""The doctor: why a signed request fails.

`exchangekit.doctor.examining.examine` explains a captured request offline;
`exchangekit.doctor.visit.visit` looks at a venue, a key and this machine's way to it. Neither ever
shows a secret, a key, a passphrase or a signature, and nothing here places an order.
"""
