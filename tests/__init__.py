"""The tests: ``experiments/run.sh tests`` in the project folder."""
