"""Timings against baselines."""
