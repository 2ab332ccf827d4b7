"""From a batch of waveforms to a loss, and from z to audio."""
