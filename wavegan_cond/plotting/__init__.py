"""Figures of sounds."""
