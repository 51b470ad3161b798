"""The desk as pages: who may ask, what may be asked, and what is answered."""

from __future__ import annotations

import io
import logging
import os
import secrets
import webbrowser
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from tempfile import TemporaryDirectory
from threading import Lock, Thread

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

from toolkit.board.board import escaped_marks
from toolkit.collection.folder import BOARD, RESULTS, command, is_round, round_around, rounds_in
from toolkit.collection.inbox import MAX_ARCHIVE, YOUNG
from toolkit.desk.steps import SHELVES, STEPS, Job
from toolkit.errors import UsageError, sentence_of
from toolkit.instrument.catalogue import DEFAULT_FORM, known_forms
from toolkit.io.files import keep, safe_name
from toolkit.io.templates import pages
from toolkit.pipeline.round.open import now, open_round
from toolkit.pipeline.round.start import empty_roster
from toolkit.pipeline.round.status import progress
from toolkit.workbook.intake.gate import MAX_FILE

_PAGES, _ASSETS = ("home", "units", "report", "files"), ("desk.css", "desk.js")
#: Of a page of results the looks stand in it, and of the board a script, which its own policy names by its hash.
_POLICY = (
    "default-src 'none'; style-src {}; script-src {}; connect-src 'self'; frame-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
#: So many files come at once at most; characters of a name's ending; levels down that rounds are looked for.
_FILES, _LONGEST, _NEAR = 10_000, 10, 2
_one_at_a_time = Lock()


def open_desk(folder: Path, say: Callable[[str], None], browse: Callable[[str], object] = webbrowser.open) -> None:
    """Keep the desk of a folder open at an address of this machine until it is closed; ``browse`` opens an address."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    with TemporaryDirectory() as scratch:
        desk = Desk(folder, Path(scratch), browse)
        desk.server = make_server("127.0.0.1", 0, Request.application(desk.answer), threaded=True)
        address = f"http://127.0.0.1:{desk.server.port}/?key={desk.token}"
        say(f"收报台：{address}\n用完请点页面上的“关闭”，或在这里按 Ctrl-C。")
        browse(address)
        desk.server.serve_forever()


class Desk:
    """The desk of a folder: it answers who came to its ``server`` with its ``token``."""

    server: BaseWSGIServer

    def __init__(self, folder: Path, scratch: Path, browse: Callable[[str], object]) -> None:
        self.home, self.scratch, self.browse, self.refused = folder, scratch, browse, ""
        self.folder = folder if is_round(folder) else round_around(folder) or folder
        self.token, self.rounds = secrets.token_urlsafe(24), list(rounds_in(folder.resolve().parent, _NEAR))
        self.job = Job("", folder, {}, folder, running=False)

    def answer(self, request: Request) -> Response:
        """The page asked for, or the sentence on why there is none."""
        try:
            response = self._answered(request)
        except Exception as error:  # noqa: BLE001 - the last line of defence, as for a command
            response = self._page("said", getattr(error, "code", 500), says=sentence_of(error))
        response.headers.update(_HEADERS)
        response.headers.setdefault("Content-Security-Policy", _POLICY.format("'self'", "'self'"))
        return response

    def _answered(self, request: Request) -> Response:
        # A browser sends the cookies of a machine to every port of it.
        host, cookie = f"127.0.0.1:{self.server.port}", f"xxgk-{self.server.port}"
        shown = request.args.get("key") or request.cookies.get(cookie, "")
        ours = request.host == host and secrets.compare_digest(shown.encode(), self.token.encode())
        if not ours or (request.method == "POST" and request.headers.get("Origin") != f"http://{host}"):
            return Response("请用程序窗口里的地址打开。", 403, mimetype="text/plain")
        part, _, rest = request.path.removeprefix("/").partition("/")
        if request.method == "POST":
            return self._posted(request, part)
        if "key" in request.args:
            response = redirect("/", 303)
            response.set_cookie(cookie, self.token, httponly=True, samesite="Strict")
            return response
        if part in _ASSETS:
            return send_file(Path(__file__).with_name("templates") / part, request.environ)
        if part == "roster":
            blank = io.BytesIO(empty_roster(request.args.get("form", "")))
            return send_file(blank, request.environ, as_attachment=True, download_name="名册.xlsx")
        return self._file(request, rest) if rest and part == "files" else self._shown(part or "home")

    def _shown(self, part: str) -> Response:
        if part not in _PAGES:
            raise NotFound
        # What is being done moves files and folders, which Windows lets nobody who looks into them.
        if (busy := self.job.running) or not is_round(self.folder):
            forms = sorted(known_forms(), key=lambda kind: kind.form.id != DEFAULT_FORM)
            return self._page("busy" if busy else "start", forms=forms, now=now())
        with open_round(self.folder, alone=False) as round_:
            return self._page(part, round=round_, found=progress(round_), on=self._on)

    def _page(self, name: str, status: int = 200, **told: object) -> Response:
        told |= {"page": name, "status": status, "desk": self, "job": self.job, "command": command}
        page = pages("toolkit.desk", escaped_marks).get_template(f"{name}.html.j2").render(told)
        return Response(page, status, mimetype="text/html")

    def _on(self, shelf: str) -> list[str]:
        found = filter(Path.is_file, (self.folder / shelf).rglob("*"))
        return sorted(one.relative_to(self.folder).as_posix() for one in found)

    def _file(self, request: Request, place: str) -> Response:
        path = (self.folder / place).resolve()
        if not any(path.is_relative_to((self.folder / one).resolve()) for one in SHELVES) or not path.is_file():
            raise NotFound
        shown = path.suffix == ".html" and place.startswith(SHELVES[3:])  # results, not the self-check page
        response = send_file(path, request.environ, as_attachment=not shown, download_name=path.name)
        script = "'unsafe-inline'" if place.startswith(f"{RESULTS}/{Path(BOARD).stem}") else "'none'"
        response.headers["Content-Security-Policy"] = _POLICY.format("'unsafe-inline'", script)
        return response

    def _posted(self, request: Request, key: str) -> Response:
        request.max_content_length, request.max_form_parts = MAX_ARCHIVE + MAX_FILE, _FILES
        typed = {name: one.strip() for name, one in request.form.items()}
        if key == "stop" and not self.job.running:
            response = self._page("closed")
            response.call_on_close(Thread(target=self.server.shutdown).start)
            return response
        if key == "folder":
            self.browse(self.folder.resolve().as_uri())
        elif key == "choose" and not self.job.running:
            self.folder = Path(typed["round"])
        elif key in STEPS:
            self._begin(key, typed, [one for one in request.files.getlist("files") if one.filename])
        return redirect(f"/{typed['page']}" if typed.get("page") in _PAGES else "/", 303)

    def _begin(self, key: str, typed: dict[str, str], given: list[FileStorage]) -> None:
        step, starts = STEPS[key], key == "start"
        folder = self.home / safe_name(typed["where"]) if starts and typed["where"] else self.folder
        place = folder / step.into if step.into else self.scratch
        # Which of them was saved last nobody knows; they are whole, and no longer on their way.
        at = now().timestamp() - YOUNG
        kept = [_kept(one, place, at) for one in given]
        if step.like and not kept:
            kept = sorted(place.glob(step.like), key=os.path.getmtime)
        if not all(map(typed.get, step.needs)) or (step.like and not kept):
            raise UsageError("还有一栏没有填，或者还没有选文件。请退回去填好，再点一次。")
        with _one_at_a_time:
            self.refused = key if self.job.running else ""
            if not self.refused:
                self.folder, self.job = folder, Job(key, folder, typed, (kept or [folder])[-1])
                Thread(target=self.job.run, name=key, daemon=True).start()


def _kept(given: FileStorage, folder: Path, at: float) -> Path:
    """Put a file that was given into a folder, beside another of its name; UsageError where it is too large."""
    told = PureWindowsPath(given.filename or "")  # it takes slashes of both kinds, and drives
    ending = told.suffix if told.suffix[1:].isalnum() and len(told.suffix) <= _LONGEST else ""
    most, data = MAX_ARCHIVE if ending.lower() == ".zip" else MAX_FILE, given.read()
    if len(data) > most:
        raise UsageError(f"{told.name}：超过 {most >> 20} MB，没有收。请去掉它，其余的再选一次。")
    name = safe_name(told.name.removesuffix(ending)) + ending
    with _one_at_a_time:
        return keep(folder / name, data, at)
