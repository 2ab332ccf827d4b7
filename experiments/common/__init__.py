"""Modules shared by several commands."""
