"""What tests share: people and what they do, platforms, servers, data for property tests. No module here is a test."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
