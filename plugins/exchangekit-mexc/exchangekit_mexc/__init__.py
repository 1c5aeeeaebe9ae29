"""MEXC spot for exchangekit."""
