"""Ledgers of missions: places and money, committed and paid, never above the limits."""
