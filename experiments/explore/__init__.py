"""The instrument: a local page on which a model is played."""
