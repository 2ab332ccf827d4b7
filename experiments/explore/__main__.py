"""The instrument: plays a model on a page in the browser.

    python -m experiments.explore

plays the model that comes with the project, at http://127.0.0.1:8317/, which no
other machine can reach. With a model of one's own, and another port:

    python -m experiments.explore --model=runs/drums --port=8400

The page has a pad to move through the latent space, a mix of the classes, a map
of what the model can do, eight pads with a sequencer, and finds the sound that
is nearest to a file dropped on it. The address holds everything: a bookmark
is a kit. Ctrl-C ends it.

    python -m experiments.explore --static=site

writes the page with the model inside, for any web server (to try it: python -m
http.server --directory site). It needs npm, and pip install -e '.[formats]'; it
knows the seeds 0 to 4095, and looks for the sound of a file without gradients.
What stands beside the model about its licence is on it, below "Licence and
credits".
"""

import dataclasses
import pathlib
import threading

from experiments.common import (
    cli,
    licences,
    loading,
    outputs,
    preflight,
    quietly,
    shipped,
)
from experiments.explore import serve
from wavegan_cond.saved_models import find_model
from wavegan_cond.saved_models.format_names import check_formats
from wavegan_cond.settings import setting


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(loading.LoadingSettings):
    """The flags of this command."""

    model: str | None = shipped.model_setting()
    port: int = setting(
        8317, "port of the page; 0 for a free one", low=0, high=65535
    )
    static: str | None = setting(
        None, "new folder for a page that needs no Python; serves nothing"
    )


FLAGS = cli.make_flags(Settings)


def write_static(settings: Settings) -> None:
    """Writes the page as files.

    Raises:
      FormatError, StaticError: a package or program is missing.
      FolderError: the folder is not empty.
      ModelError: the model cannot be used.
    """
    check_formats(["onnx"])
    outputs.check_new(settings.static)
    quietly.import_tensorflow()
    from experiments.explore.static_page import write_page
    from wavegan_cond.saved_models.formats import open_source

    source = open_source(
        settings.model,
        settings.checkpoint,
        settings.full_rate,
        trust=settings.trust_model,
    )
    preflight.check_playable(source.info.sample_rate, settings.model)
    texts = licences.find(pathlib.Path(settings.model))
    size = write_page(source, texts, settings.static)
    print(
        f"{settings.static}: the page of iteration {source.info.iteration}, "
        f"{size / 1e6:.1f} MB"
    )


def run(settings: Settings) -> None:
    """Serves the page until it is interrupted, or writes it.

    Raises:
      UsageError: the port cannot be had, or the sounds cannot be played.
      ModelError: the model cannot be used.
    """
    settings = shipped.fill(settings)
    find_model.peek(settings.model)  # names what is no model at once
    if settings.static:
        write_static(settings)
        return
    with serve.open_socket(settings.port) as opened:
        model = loading.load_model(settings)
        preflight.check_playable(model.info.sample_rate, settings.model)
        from experiments.explore.app import make_app
        from wavegan_cond.evaluation import sound_map

        places = sound_map.read(settings.model)
        app, instrument = make_app(model, places)
        instrument.warm_up()
        if places is None:
            threading.Thread(target=instrument.make_map, daemon=True).start()
        port = opened.getsockname()[1]
        print(
            f"{settings.model}, iteration {model.info.iteration}, plays at "
            f"http://{serve.HOST}:{port}/ (Ctrl-C ends it)",
            flush=True,
        )
        serve.make_server(app, instrument.stop).run([opened])


def main(values: cli.Values) -> None:
    """Reads the flags and serves the page."""
    if values.static and values["port"].present:
        raise cli.UsageError("--port does not go with --static")
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
