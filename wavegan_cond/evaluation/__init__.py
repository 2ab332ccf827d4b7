"""Measures of generated sounds, without downloaded weights."""
