"""Binance spot for exchangekit."""
