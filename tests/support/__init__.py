"""Code that tests share: people and their actions, platforms, servers, data for property tests."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
