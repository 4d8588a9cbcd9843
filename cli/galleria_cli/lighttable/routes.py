"""The routes of the light table: the page's files, a small JSON interface, and pictures by number."""

import io
import json
import mimetypes
import os
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from galleria_cli.clock_photos import time_in_code
from galleria_cli.lighttable.page_run import PageRuns
from galleria_cli.lighttable.push_run import PushRun
from galleria_cli.lighttable.session import Session
from galleria_cli.lighttable.states import States
from galleria_cli.lighttable.thumbnails import EDGES, Thumbnails
from galleria_storage.errors import CorrectionError, GalleriaError, NotFoundError

_MOST_BYTES: Final = 1024 * 1024
Endpoint = Callable[[Request], Awaitable[Response]]


class Opened(NamedTuple):
    """What an open table consists of.

    Attributes
    ----------
    session, thumbnails, runs
        Its parts.
    folder
        The folder that the page pushes; None: nothing can be pushed.
    states
        What is in both buckets, if the table shows staging; otherwise None.
    """

    session: Session
    thumbnails: Thumbnails
    runs: PageRuns
    folder: Path | None = None
    states: States | None = None

    def start(self) -> None:
        """Start reading."""
        self.session.start()
        if self.states:
            self.states.start()

    def stop(self) -> None:
        """Stop reading and sending."""
        self.session.stop()
        if self.states:
            self.states.stop()
        if self.runs.last:
            self.runs.last.stop()


def application(opened: Opened) -> Starlette:
    """Return the application; `guard.Guard` decides who may talk to it."""
    mimetypes.add_type("text/javascript", ".js")  # Windows may have registered something else
    app = Starlette(routes=_Interface(opened).routes())
    app.mount("/", StaticFiles(directory=str(files("galleria_cli.lighttable") / "page"), html=True))
    return app


class _Interface:
    """What the page may request; threads do the work, so that the server always answers."""

    def __init__(self, opened: Opened) -> None:
        self._session = opened.session
        self._thumbnails = opened.thumbnails
        self._runs = opened.runs
        self._folder = opened.folder
        self._states = opened.states

    def routes(self) -> list[Route]:
        return [
            Route("/pictures/{size}/{number:int}", self.picture),
            Route("/api/table", _answering(self.table)),
            Route("/api/cameras/{camera}", _answering(self.decide), methods=["PUT"]),
            Route("/api/photos/{number:int}/clock", _answering(self.clock)),
            Route("/api/photos/{number:int}/time", _answering(self.type_time), methods=["PUT"]),
            Route("/api/solve", _answering(self.solve), methods=["POST"]),
            Route("/api/remove", _answering(self.hide), methods=["PUT"]),
            Route("/api/zone", _answering(self.place), methods=["PUT"]),
            Route("/api/tray", _answering(self.tray)),
            Route("/api/states", _answering(self.states)),
            Route("/api/push", _answering(self.push), methods=["POST"]),
            Route("/api/run", _answering(self.run)),
            Route("/api/run", _answering(self.stop_run), methods=["DELETE"]),
            Route("/api/undo", _answering(self.undo), methods=["POST"]),
            Route("/api/redo", _answering(self.redo), methods=["POST"]),
        ]

    async def picture(self, request: Request) -> Response:
        size = request.path_params["size"]
        name = self._session.gathering.name_of(request.path_params["number"])
        if name is None or size not in EDGES:
            return PlainTextResponse("no such picture", 404)
        try:
            data = await run_in_threadpool(self._thumbnails.picture, name, size)
        except (GalleriaError, OSError):
            return PlainTextResponse("there is no picture of it", 404)
        return Response(data, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})

    async def table(self, _: Request) -> Any:
        shown = await run_in_threadpool(self._session.shown)
        return {**shown, "staged": self._states is not None}

    async def decide(self, request: Request) -> Any:
        return await run_in_threadpool(self._session.decide, request.path_params["camera"], await _object(request))

    async def clock(self, request: Request) -> Any:
        name = self._session.gathering.name_of(request.path_params["number"])
        if name is None:
            raise NotFoundError("there is no such photo")
        picture = await run_in_threadpool(self._thumbnails.picture, name, "window")
        time = await run_in_threadpool(time_in_code, io.BytesIO(picture))
        return {"time": time.isoformat() if time else None}

    async def place(self, request: Request) -> Any:
        return await run_in_threadpool(self._session.place, await _text(request, "zone"))

    async def type_time(self, request: Request) -> Any:
        time = await _text(request, "time")
        return await run_in_threadpool(self._session.type_time, request.path_params["number"], time)

    async def solve(self, request: Request) -> Any:
        return await run_in_threadpool(self._session.solve, _pairs(await _object(request)))

    async def hide(self, request: Request) -> Any:
        groups = (await _object(request)).get("groups")
        if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
            raise CorrectionError("groups must be a list of strings")
        return await run_in_threadpool(self._session.hide, groups)

    async def tray(self, _: Request) -> Any:
        return await run_in_threadpool(self._session.tray)

    async def states(self, _: Request) -> Any:
        return self._states.as_json() if self._states else {"states": [], "finished": True, "problem": ""}

    async def push(self, request: Request) -> Any:
        given = await _object(request)
        prefix, dry_run = given.get("prefix", ""), given.get("dry_run", False)
        if not isinstance(prefix, str) or not isinstance(dry_run, bool):
            raise CorrectionError("prefix must be a string, and dry_run true or false")
        if self._folder is None:
            raise CorrectionError("photos in staging cannot be pushed again")
        self._runs.start(PushRun(self._folder, prefix, dry_run=dry_run))
        return await self.run(request)

    async def run(self, _: Request) -> Any:
        last = self._runs.last
        staging = os.environ.get("STAGING_BUCKET", "").strip() if self._folder else ""
        return {"staging": staging, "run": last.results() if last else None}

    async def stop_run(self, _: Request) -> Any:
        if self._runs.last:
            self._runs.last.stop()
        return {}

    async def undo(self, _: Request) -> Any:
        return await run_in_threadpool(self._session.go_back, 1)

    async def redo(self, _: Request) -> Any:
        return await run_in_threadpool(self._session.go_back, -1)


def _answering(work: Callable[[Request], Awaitable[Any]]) -> Endpoint:
    """Answer with what `work` returns as JSON, and with errors in words."""

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await work(request))
        except NotFoundError as error:
            return JSONResponse({"error": error.message}, 404)
        except GalleriaError as error:
            return JSONResponse({"error": " ".join(filter(None, (error.message, error.advice)))}, 422)

    return endpoint


async def _object(request: Request) -> dict[str, Any]:
    """Read a JSON object, of a bounded size.

    Raises
    ------
    CorrectionError
        It is something else.
    """
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise CorrectionError("the request is too long")

    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CorrectionError("the request must be a JSON object")
    return found


async def _text(request: Request, name: str) -> str:
    found = (await _object(request)).get(name)
    if not isinstance(found, str):
        raise CorrectionError(f"{name} must be a string")
    return found


def _pairs(given: dict[str, Any]) -> list[tuple[int, int | str]]:
    pairs = given.get("pairs")
    if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
        raise CorrectionError("pairs must be a list of two numbers, or a number and a time, each")
    return [(pair[0], pair[1]) for pair in pairs]


def _is_pair(pair: object) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2  # noqa: PLR2004 # a pair
        and isinstance(pair[0], int)
        and isinstance(pair[1], int | str)
    )
