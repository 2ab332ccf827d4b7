"""From a run folder or a SavedModel to a Synth."""
