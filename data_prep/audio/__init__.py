"""From an audio file to samples."""
