"""From folders of sounds to batches; knows nothing of models."""
