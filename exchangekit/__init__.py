"""One strategy, many venues."""
