"""Downloads of the sounds in the lists of experiments/results."""
