"""From z to audio and to WAV files."""
