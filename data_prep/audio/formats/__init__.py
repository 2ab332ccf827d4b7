"""Kinds of sound files: what they hold, and how it is reached."""
