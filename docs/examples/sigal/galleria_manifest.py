"""A plugin for sigal: photos in the order of their corrected capture times, each with a link to its published copy.

Settings: `galleria_manifest`, the file that `galleria-storage manifest` writes, and `galleria_prefix`, what comes
before the names of the source folder in the bucket (the `--prefix` of `push`).
"""

import json
from datetime import datetime
from pathlib import Path

from markupsafe import Markup
from sigal import signals

#: Shows the corrected time; sigal would read that of the local file.
SHOWN = "%A, %d %B %Y, %H:%M"


def register(settings):
    """Connect to sigal's signals, as each plugin does."""
    document = json.loads(Path(settings["galleria_manifest"]).read_text(encoding="utf-8"))
    prefix = settings.get("galleria_prefix", "")
    photos = {photo["key"].removeprefix(prefix): photo for photo in document["photos"]}

    def complete(album):
        for media in album.medias:
            photo = photos.get((Path(media.path) / media.src_filename).as_posix())
            if photo:
                describe(media, photo)

    # sigal keeps no strong reference to what is connected.
    register.complete = complete
    signals.album_initialized.connect(complete)


def describe(media, photo):
    """Let a photo have the time and the address of the manifest."""
    media.description = Markup('<a href="{}">published copy</a>').format(photo["url"])
    if photo["captured"]:
        moment = photo["moment"] or photo["captured"]
        media.date = datetime.fromisoformat(moment).replace(tzinfo=None)
        shown = datetime.fromisoformat(photo["captured"]).strftime(SHOWN)
        media.exif = {**(media.exif or {}), "datetime": shown}
