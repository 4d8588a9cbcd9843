"""Opening a light table: of a folder, or of what is in staging."""

from pathlib import Path

from galleria_cli import places
from galleria_cli.lighttable.keeping import FolderKeeper, StagingKeeper
from galleria_cli.lighttable.page_run import PageRuns
from galleria_cli.lighttable.right_of_way import RightOfWay
from galleria_cli.lighttable.routes import Opened
from galleria_cli.lighttable.session import Session
from galleria_cli.lighttable.shelf import FolderShelf
from galleria_cli.lighttable.staged_shelf import StagedShelf
from galleria_cli.lighttable.states import States
from galleria_cli.lighttable.thumbnails import Thumbnails
from galleria_cli.reconciling import Reconciling
from galleria_storage.bulk.patience import Patience
from galleria_storage.publishing.publish_settings import publish_settings

_PATIENCE_SECONDS = 60


def open_folder(folder: Path, cache: Path) -> Opened:
    """Open the table of a folder.

    Raises
    ------
    LocalFileError, SettingsError, CorrectionError
        There is no such folder, or its rules cannot be understood.
    """
    shelf, way = FolderShelf(folder), RightOfWay()
    return Opened(Session(shelf, FolderKeeper(folder), way), Thumbnails(shelf, cache, way), PageRuns(), folder=folder)


def open_staging(prefix: str, stack: str | None, cache: Path, *, by_hand: bool) -> Opened:
    """Open the table of what is in staging.

    Parameters
    ----------
    prefix
        Only keys with this prefix.
    stack
        Judge by the settings of this stack's function; None: by those of the environment.
    by_hand
        Publish from here, instead of waiting for the function.

    Raises
    ------
    GalleriaError
        A setting is missing, or a bucket cannot be reached.
    """
    env = places.settings(stack)
    settings = publish_settings(env)
    staging, public = places.staging_store(settings.staging_bucket), places.public_store(env=env)
    states = States(Reconciling(staging, public, settings, Patience(lambda *_: None, _PATIENCE_SECONDS)), prefix)
    shelf, runs, way = StagedShelf(staging, prefix), PageRuns(), RightOfWay()
    keeper = StagingKeeper(staging, states, runs, stack=stack, by_hand=by_hand)
    return Opened(Session(shelf, keeper, way), Thumbnails(shelf, cache, way), runs, states=states)
