"""exchangekit beside ccxt, side by side in one run: ``make bench``."""
