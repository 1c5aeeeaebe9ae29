"""Bitget's unified account API (v3), beside the classic one."""
