"""The instrument: a local page on which a model is played."""

from experiments import require

require("starlette", "uvicorn")  # which nothing else needs
