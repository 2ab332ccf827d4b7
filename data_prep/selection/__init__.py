"""Deduplication and train/validation split."""
