"""Kits: which sounds, on which keys, in which formats."""
