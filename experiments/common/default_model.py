"""The model that comes with the project."""

import pathlib

DEFAULT_MODEL = pathlib.Path(__file__).parents[1] / "results" / "open" / "model"
