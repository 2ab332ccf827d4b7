"""Deduplication and split into train, validation and test."""
