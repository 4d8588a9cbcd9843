"""What earlier runs found out: checksums of unchanged files, and the corrections of objects.

A file counts as unchanged while its size, the time of its last change and its inode are the same. A file that was
changed within the last seconds is not remembered: a second change could come within the clock's resolution.
"""

import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Final

from galleria_storage.transfer.digests import Digests

_FRESH_NS: Final = 2_000_000_000
_VERSION: Final = 2


class RememberedFiles:
    """Digests of files by path, and corrections of objects, in one small database; threads may share it.

    Parameters
    ----------
    path
        The database. If it cannot be written or is damaged, nothing is remembered.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._base = _opened(path) if path else None

    def digests(self, path: Path) -> Digests | None:
        """Return a file's digests, if they are known and the file has not changed since."""
        if self._base is None:
            return None
        try:
            state = _state(path)
            with self._lock:
                row = self._base.execute("SELECT state, digests FROM files WHERE path = ?", (str(path),)).fetchone()
        except (OSError, ValueError, sqlite3.Error, UnicodeEncodeError):
            return None
        return _digests(row[1]) if row and row[0] == state else None

    def remember(self, path: Path, digests: Digests) -> None:
        """Remember the digests of a file that has just been read."""
        if self._base is None:
            return
        try:
            if time.time_ns() - path.stat().st_mtime_ns < _FRESH_NS:
                return
            row = (str(path), _state(path), _text(digests))
            with self._lock:
                self._base.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", row)
        except (OSError, ValueError, sqlite3.Error):
            return  # the file is read again next time

    def asked(self, place: str, etag: str) -> str | None:
        """Return the last known correction of an object, if it still has this ETag; None if unknown.

        Parameters
        ----------
        place
            Endpoint, bucket and key.
        """
        if self._base is None:
            return None
        try:
            with self._lock:
                row = self._base.execute("SELECT etag, asked FROM objects WHERE place = ?", (place,)).fetchone()
        except (sqlite3.Error, UnicodeEncodeError):
            return None
        return str(row[1]) if row and row[0] == etag else None

    def remember_asked(self, place: str, etag: str, asked: str) -> None:
        """Remember an object's correction, as canonical text."""
        if self._base is None:
            return
        try:
            with self._lock:
                self._base.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)", (place, etag, asked))
        except (sqlite3.Error, UnicodeEncodeError):
            return  # the object is read again next time

    def close(self) -> None:
        """Write everything to disk."""
        if self._base is not None:
            with self._lock:
                self._base.commit()
                self._base.close()
            self._base = None


def _opened(path: Path) -> sqlite3.Connection | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        base = sqlite3.connect(path, check_same_thread=False, timeout=1)
        if base.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            for table in ("files", "objects"):
                base.execute(f"DROP TABLE IF EXISTS {table}")
            base.execute("CREATE TABLE files (path TEXT PRIMARY KEY, state TEXT, digests TEXT) WITHOUT ROWID")
            base.execute("CREATE TABLE objects (place TEXT PRIMARY KEY, etag TEXT, asked TEXT) WITHOUT ROWID")
            base.execute(f"PRAGMA user_version = {_VERSION}")
            base.commit()
    except (OSError, sqlite3.Error):
        return None
    return base


def _state(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}-{found.st_dev}"


def _text(digests: Digests) -> str:
    md5s = [md5.hex() for md5 in digests.part_md5s]
    return json.dumps([digests.size, digests.sha256, digests.part_bytes, md5s, list(digests.part_crc32s)])


def _digests(text: str) -> Digests:
    size, sha256, part_bytes, md5s, crc32s = json.loads(text)
    return Digests(size, sha256, part_bytes, tuple(bytes.fromhex(md5) for md5 in md5s), tuple(crc32s))
