"""Synthesis: from latent vectors to audio and WAV files."""
