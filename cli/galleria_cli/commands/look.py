"""`galleria-storage look FOLDER`: the light table, in the browser."""

import sys
import webbrowser
from pathlib import Path

import click

from galleria_cli.options import PATH
from galleria_storage.errors import SettingsError


@click.command("look")
@click.argument("folder", type=PATH)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to listen; 0 takes a free port.")
def command(folder: Path, *, no_browser: bool, port: int) -> int:
    """See the photos of all cameras on one time axis, and say which clock is wrong.

    Opens a page in the browser, served from this computer to this computer alone; nothing leaves it until you push.
    What you approve is written into galleria.toml in the folder. Ctrl-C ends it.
    """
    try:
        from galleria_cli.lighttable.routes import application  # noqa: PLC0415 # `--help` is quick
        from galleria_cli.lighttable.serving import serve  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(
            f"the light table is not installed ({error.name} is missing)",
            advice="Install it: pip install 'galleria-storage[look]'.",
        ) from error
    from galleria_cli import places  # noqa: PLC0415
    from galleria_cli.lighttable.session import Session  # noqa: PLC0415
    from galleria_cli.lighttable.thumbnails import Thumbnails  # noqa: PLC0415

    session = Session(folder)
    session.start()

    def opened(address: str) -> None:
        print(f"The light table is at {address}\nThe address works once, in one browser. Ctrl-C ends it.", flush=True)
        if not no_browser and not webbrowser.open(address):
            print("No browser could be opened; open the address yourself.", file=sys.stderr)

    try:
        serve(application(session, Thumbnails(session.shelf, places.cache_file("thumbnails"))), opened, port)
    finally:
        session.stop()
    return 0
