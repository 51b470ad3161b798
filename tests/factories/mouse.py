"""Chromium driven as a person drives it: pages are loaded, buttons clicked where they stand, files given to a chooser.

It speaks Chromium's own protocol (CDP) over two pipes, so that no other program and no port is needed.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from factories.witnesses import program

_PATIENCE = 90.0
#: Its own words, on the button of a file chooser, are those that a clerk sees.
_CHINESE = {**os.environ, "LANGUAGE": "zh_CN"}


class Browser:
    """A window of Chromium, without a screen; ``profile`` is a folder of its own."""

    def __init__(self, profile: Path) -> None:
        to_browser, ours = os.pipe()
        theirs, from_browser = os.pipe()
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run"]
        command = [program("chromium", "google-chrome"), *options, f"--user-data-dir={profile}", "about:blank"]

        def pipes() -> None:
            """Put the ends where Chromium looks for them."""
            high = os.dup(to_browser), os.dup(from_browser)
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            command,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            preexec_fn=pipes,  # noqa: PLW1509 - it only moves two numbers
            pass_fds=(3, 4),
            env=_CHINESE,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._out, self._in = os.fdopen(ours, "wb", 0), os.fdopen(theirs, "rb", 0)
        self._number, self._rest = 0, b""
        self._session = ""
        target = next(one for one in self.call("Target.getTargets")["targetInfos"] if one["type"] == "page")
        wanted = {"targetId": target["targetId"], "flatten": True}
        self._session = self.call("Target.attachToTarget", **wanted)["sessionId"]
        for part in ("Page", "Runtime", "DOM"):
            self.call(f"{part}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._out.close()
        self._process.wait(30)
        self._in.close()

    def call(self, method: str, **told: object) -> Any:
        """What a command of the protocol gives; what else the browser says meanwhile is passed over."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": told}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            pass
        assert "error" not in answer, (method, answer)
        return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            data = self._in.read(1 << 16)
            assert data, "the browser has gone"
            self._rest += data
        first, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(first)
        return found

    def asked(self, script: str) -> Any:
        """What an expression gives in the page; a promise is waited for."""
        told = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that is on its way."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                if is_so():
                    return
            except AssertionError:  # a page that is just being left
                if time.monotonic() > end:
                    raise
            assert time.monotonic() < end, self.asked("document.body.innerText")
            time.sleep(0.05)

    def open(self, address: str, *, settled: bool = True) -> None:
        """Load a page, and wait for what it says that it is doing unless it need not be ``settled``."""
        self.call("Page.navigate", url=address)
        if settled:
            self.loaded()
        else:
            self.until(lambda: self.asked("document.readyState == 'complete'"))

    def loaded(self) -> None:
        """Wait for a page to be whole, and for what it says that it is doing to be done."""
        self.until(lambda: self.asked("document.readyState == 'complete' && !document.getElementById('live')"))

    def click(self, selector: str) -> None:
        """Click in the middle of what a selector finds first, and wait for the page that follows."""
        place = self.asked(
            f"(()=>{{const one=document.querySelector({json.dumps(selector)});one.scrollIntoView({{block:'center'}});"
            "const box=one.getBoundingClientRect();window.left=false;"
            "return [box.x+box.width/2,box.y+box.height/2]})()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)
        self.until(lambda: self.asked("window.left === undefined"))
        self.loaded()

    def give(self, selector: str, files: Sequence[Path]) -> None:
        """Give files to a file chooser."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(one) for one in files])

    def wide(self, width: int, height: int = 900) -> None:
        """Make the window so many pixels wide."""
        told = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **told)
        self.call("Emulation.setScrollbarsHidden", hidden=True)

    def picture(self, path: Path, most: int = 4000) -> None:
        """The page as a picture, so many pixels of its height at most."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], most), "scale": 1}
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))
