"""`galleria-storage look FOLDER`: the light table, in the browser."""

import sys
import warnings
import webbrowser
from pathlib import Path

import click

from galleria_cli.options import PATH
from galleria_cli.subcommands import Subcommand
from galleria_storage.errors import SettingsError


@click.command("look", cls=Subcommand)
@click.argument("folder", type=PATH, required=False)
@click.option("--staged", is_flag=True, help="Show what is in staging and the public bucket.")
@click.option("--prefix", default="", help="With --staged: only keys with this prefix.")
@click.option(
    "--settings-from", "stack", metavar="STACK", help="With --staged: judge by the deployed function's settings."
)
@click.option("--by-hand", is_flag=True, help="With --staged: publish from here, instead of waiting for the function.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to listen; 0 takes a free port.")
def command(
    folder: Path | None, *, staged: bool, prefix: str, stack: str | None, by_hand: bool, no_browser: bool, port: int
) -> int:
    """See the photos of all cameras on one time axis, and correct the clock that is wrong.

    Opens a page in the browser, served from this computer to this computer alone; nothing leaves it until you push.
    What you approve is written into galleria.toml in the folder. Ctrl-C ends it.

    With --staged the page shows what is in staging and its state; what you approve becomes the correction of the photos
    there, which publishes them again.
    """
    if staged == (folder is not None):
        raise click.UsageError("give either a FOLDER or --staged")
    try:
        from galleria_cli.lighttable.routes import application  # noqa: PLC0415 # `--help` is quick
        from galleria_cli.lighttable.serving import serve  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(
            f"the light table is not installed ({error.name} is missing)",
            advice="Install it: pip install 'galleria-storage[look]'.",
        ) from error
    from galleria_cli import places  # noqa: PLC0415
    from galleria_cli.files import folder_given  # noqa: PLC0415
    from galleria_cli.lighttable import opening  # noqa: PLC0415

    cache = places.cache_file("thumbnails")
    table = (
        opening.open_folder(folder_given(folder), cache)
        if folder
        else opening.open_staging(prefix, stack, cache, by_hand=by_hand)
    )

    def opened(address: str) -> None:
        print(f"The light table is at {address}\nThe address works once, in one browser. Ctrl-C ends it.", flush=True)
        if not no_browser and not webbrowser.open(address):
            print("No browser could be opened; open the address yourself.", file=sys.stderr)

    warnings.filterwarnings("ignore", module="PIL")  # damaged photos are reported on the page
    table.start()
    try:
        serve(application(table), opened, port)
    except KeyboardInterrupt:
        print("\nThe light table is closed.")
    finally:
        table.stop()
    return 0
