"""Erasures: a member leaves for good, every service erases what it holds, and operators see the proof."""
