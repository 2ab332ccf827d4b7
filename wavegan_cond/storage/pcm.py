"""16-bit PCM samples, in WAV files and in stores."""

FULL_SCALE = 32767  # +1.0; as far from zero as -1.0, so that -32768 is unused
