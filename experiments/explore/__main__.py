"""The instrument: plays a model on a page in the browser.

    python -m experiments.explore

plays the model that comes with the project, at http://127.0.0.1:8317/, which no
other machine can reach. With a model of one's own, and another port:

    python -m experiments.explore --model=runs/drums --port=8400

The page has a pad to move through the latent space, a mix of the classes, a map
of what the model can do, eight pads with a sequencer, and finds the sound that
is nearest to a file dropped on it. The address holds everything: a bookmark
is a kit. Ctrl-C ends it.
"""

import dataclasses
import threading

from absl import flags

from experiments.common import cli, shipped
from experiments.explore import serve
from wavegan_cond.config import setting
from wavegan_cond.saved_models import find_model


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(cli.LoadingSettings):
    """The flags of this command."""

    model: str | None = shipped.model_setting()
    port: int = setting(
        8317, "port of the page; 0 for a free one", low=0, high=65535
    )


FLAGS = cli.make_flags(Settings)


def run(settings: Settings) -> None:
    """Serves the page until it is interrupted.

    Raises:
      UsageError: the port cannot be had.
      ModelError: the model cannot be used.
    """
    path = shipped.choose(settings.model)
    find_model.peek(path)  # names what is no model at once
    with serve.open_socket(settings.port) as opened:
        cli.import_tensorflow()
        from experiments.explore.app import make_app
        from wavegan_cond.saved_models.load import load_model

        model = load_model(path, **settings.loading())
        app, instrument = make_app(model)
        instrument.warm_up()
        threading.Thread(target=instrument.make_map, daemon=True).start()
        port = opened.getsockname()[1]
        print(
            f"{path}, iteration {model.info.iteration}, plays at "
            f"http://{serve.HOST}:{port}/ (Ctrl-C ends it)",
            flush=True,
        )
        serve.make_server(app).run([opened])


def main(values: flags.FlagValues) -> None:
    """Reads the flags and serves the page."""
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
