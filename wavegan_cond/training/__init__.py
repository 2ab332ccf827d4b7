"""Training runs: the loop, callbacks, checkpoints and the run folder."""
