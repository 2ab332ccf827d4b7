"""Figures as JSON, in no more digits than they can mean."""

import json
from typing import Any


def to_text(figures: dict[str, Any]) -> str:
    """Returns JSON of figures, of five digits each."""

    def rounded(value):
        if isinstance(value, dict):
            return {key: rounded(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [rounded(part) for part in value]
        return float(f"{value:.5g}") if isinstance(value, float) else value

    return json.dumps(rounded(figures), indent=1) + "\n"
