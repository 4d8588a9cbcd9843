"""Small folders of photos for the light table, and a browser's view of it."""

import io
from datetime import datetime
from typing import Any, NamedTuple

import piexif
from PIL import Image
from starlette.testclient import TestClient

from galleria_cli.lighttable.routes import Opened
from galleria_cli.lighttable.session import Session

PORT = 8123


def shot_on(model: str, clock: datetime | None, offset: str = "", **more: Any) -> bytes:
    """Return a small JPEG of a camera whose clock showed this."""
    exif = {piexif.ExifIFD.DateTimeOriginal: f"{clock:%Y:%m:%d %H:%M:%S}"} if clock else {}
    if offset:
        exif[piexif.ExifIFD.OffsetTimeOriginal] = offset
    block = piexif.dump({"0th": {piexif.ImageIFD.Make: "Maker", piexif.ImageIFD.Model: model}, "Exif": exif, **more})
    target = io.BytesIO()
    Image.new("RGB", (48, 32), (200, 120, 40)).save(target, "JPEG", exif=block)
    return target.getvalue()


class Table(NamedTuple):
    """An open table: what a browser does, and what the command holds."""

    client: TestClient
    opened: Opened

    @property
    def session(self) -> Session:
        return self.opened.session

    def shown(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.get("/api/table").json()
        return answer

    def camera(self, name: str) -> str:
        """The key of the camera whose label holds a name."""
        return next(str(one["key"]) for one in self.shown()["cameras"] if name in one["label"])

    def photo(self, name: str) -> dict[str, Any]:
        return next(dict(one) for one in self.shown()["photos"] if one["name"] == name)

    def decide(self, name: str, **changes: Any) -> dict[str, Any]:
        """Decide about the camera whose label holds a name, as the page does."""
        answer = self.client.put(f"/api/cameras/{self.camera(name)}", json=changes)
        assert answer.status_code == 200, answer.text
        changed: dict[str, Any] = answer.json()
        return changed
