"""What the venue's two APIs, the classic and the unified one, truly have in common.

One gateway that lets in and answers, one matching engine, one set of markets.
"""
