"""The dataset on disk, and batches from it."""
