"""config.json of a run: its text, and the digest of what identifies the run."""

import dataclasses
import hashlib
import json
from typing import Any

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.settings import ConfigError


def to_json(model: ModelConfig, train: TrainConfig, **more: Any) -> str:
    """Returns both configs as JSON text.

    Args:
      model: model configuration.
      train: training configuration.
      **more: additional top-level keys and their JSON values.
    """
    content = {
        "model": dataclasses.asdict(model),
        "train": dataclasses.asdict(train),
        **more,
    }
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def from_json(text: str) -> tuple[ModelConfig, TrainConfig, dict]:
    """Parses the text that ``to_json`` returns.

    Returns:
      The model configuration, the training configuration, and a dict of the
      additional top-level keys.

    Raises:
      ConfigError: the text is not a config of this program.
    """
    try:
        content = json.loads(text)
        if not isinstance(content, dict):
            raise ValueError("no JSON object")
        model = dict(content.pop("model"))
        train = TrainConfig(**content.pop("train"))
        model["classes"] = tuple(model["classes"])
        return ModelConfig(**model), train, content
    except ConfigError:
        raise
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ConfigError(f"not a config of this program: {error}") from error


def config_digest(model: ModelConfig, train: TrainConfig, data: str) -> str:
    """Returns the SHA-256 of the configuration that identifies a run.

    Two runs with the same digest can continue each other's checkpoints. The
    number of iterations is left out, so that a run can be extended. So is a
    setting at its default, so that old runs stay valid when a setting is added.

    Args:
      model: model configuration.
      train: training configuration.
      data: fingerprint of the training data.
    """
    settings = {
        field.name: getattr(config, field.name)
        for config in (model, train)
        for field in dataclasses.fields(config)
        if getattr(config, field.name) != field.default
        and field.name != "iterations"
    }
    text = json.dumps([settings, data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
