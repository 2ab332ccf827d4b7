"""The tests: ``python3 -m tests`` in the project folder."""
