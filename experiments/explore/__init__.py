"""The instrument: a local page on which a model is played."""

from experiments import require

PACKAGES = ("starlette", "uvicorn")  # which nothing else needs
require(*PACKAGES)
