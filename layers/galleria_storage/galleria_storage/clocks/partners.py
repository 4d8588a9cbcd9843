"""Files that belong to one picture and share a name: the film beside a HEIC, the RAW file beside a JPEG."""

from collections.abc import Iterable

from galleria_storage.clocks.shots import Shot


def with_cameras_of_partners(shots: Iterable[Shot]) -> list[Shot]:
    """Give each shot without a camera the camera of the file beside it whose name differs only in the ending."""
    listed = list(shots)
    named: dict[str, Shot] = {}
    for shot in sorted(listed, key=lambda shot: shot.name):
        if shot.camera:
            named.setdefault(_stem(shot.name), shot)
    found = []
    for shot in listed:
        beside = None if shot.camera or not shot.media_type else named.get(_stem(shot.name))
        found.append(shot._replace(camera=beside.camera, serial=beside.serial) if beside else shot)
    return found


def _stem(name: str) -> str:
    folder, slash, file = name.rpartition("/")
    return f"{folder}{slash}{file.rpartition('.')[0] or file}"
