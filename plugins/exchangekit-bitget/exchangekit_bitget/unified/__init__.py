"""Bitget's unified account API (v3)."""
