"""OKX spot for exchangekit."""
