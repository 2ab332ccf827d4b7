"""Atomic writes, manifests, locks, untrusted files; standard library only."""
