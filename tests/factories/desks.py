"""A desk that is open, and who comes to it: a browser without a screen."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from toolkit.desk.app import open_desk


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def text(self) -> str:
        """The page."""
        return self.data.decode()


class Visitor:
    """Who came by an address of the desk, with the cookie that it was given there."""

    def __init__(self, address: str) -> None:
        told = urlsplit(address)
        self.host, self.cookie = told.netloc, ""
        first = self.ask("GET", f"/?{told.query}")
        assert (first.status, first.headers["Location"]) == (303, "/")
        self.given = first.headers["Set-Cookie"]
        self.cookie = self.given.partition(";")[0]

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """A request as it is given, with the cookie; ``Origin`` is the desk's own unless another is given."""
        told = {"Host": self.host, "Cookie": self.cookie, "Origin": f"http://{self.host}"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request(method, quote(path, safe="/?=&%"), body, {name: one for name, one in told.items() if one})
        response = connection.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        connection.close()
        return answer

    def page(self, path: str = "/") -> str:
        """A page that is there."""
        answer = self.ask("GET", path)
        assert answer.status == 200, answer.text
        return answer.text

    def press(self, key: str, files: Sequence[tuple[str, bytes]] = (), **typed: str) -> Answer:
        """A button pressed with what was typed, and files."""
        form = MultiDict[str, str | FileStorage](typed)
        for name, data in files:
            form.add("files", FileStorage(BytesIO(data), name))
        mark, body = encode_multipart(form)
        return self.ask("POST", f"/{key}", body, Content_Type=f'multipart/form-data; boundary="{mark}"')

    def done(self, key: str, files: Sequence[tuple[str, bytes]] = (), **typed: str) -> str:
        """The page when what a button began is done."""
        answer = self.press(key, files, **typed)
        assert answer.status == 303, answer.text
        return self.settled(answer.headers["Location"])

    def settled(self, path: str = "/", status: int = 200) -> str:
        """The page when nothing is being done any more."""
        while 'id="live"' in (answer := self.ask("GET", path)).text:
            time.sleep(0.02)
        assert answer.status == status, answer.text
        return answer.text


@contextmanager
def desk_of(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The address of a desk that is open, and what else it wanted opened."""
    opened, told, addresses = list[str](), list[str](), Queue[str]()

    def browse(address: str) -> None:
        if addresses.empty() and not opened:
            addresses.put(address)
        opened.append(address)

    thread = Thread(target=open_desk, args=(folder, told.append, browse), daemon=True)
    thread.start()
    address = addresses.get(timeout=30)
    assert address in told[0]
    try:
        yield address, opened
    finally:
        with suppress(ConnectionError):  # it may be closed already
            visitor = Visitor(address)
            while "已关闭" not in visitor.press("stop").text:
                time.sleep(0.02)
        thread.join(30)
        assert not thread.is_alive()
