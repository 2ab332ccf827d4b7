"""Atomic writes, checksum manifests, locks; standard library only."""
