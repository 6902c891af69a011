"""A real browser for the tests: Chromium without a window, driven by chromedriver in the W3C's WebDriver protocol.

Debian's packages `chromium` and `chromium-driver` have them. Where they cannot be had the tests that need them are
skipped with the reason, unless ELIGO_REQUIRE_CHROMIUM is set.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars --force-device-scale-factor=1
    --host-resolver-rules=MAP\\ *\\ ~NOTFOUND""".replace("\\ ", "\0").split()
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the protocol's own key of an element


class Browser:
    """One session of the browser."""

    def __init__(self, driver: str, session: str) -> None:
        self._at = f"{driver}/session/{session}"

    def open(self, page: Path) -> None:
        """Opens a file."""
        _post(f"{self._at}/url", {"url": page.as_uri()})

    def screen(self, width: int, height: int, *, phone: bool = False) -> None:
        """Makes the screen so many CSS pixels large."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
        self.devtools("Emulation.setDeviceMetricsOverride", **size)

    def run(self, script: str, *given: Any) -> Any:
        """What a script gives back, `arguments` being what it is given."""
        return _post(f"{self._at}/execute/sync", {"script": script, "args": list(given)})

    def devtools(self, command: str, **options: Any) -> Any:
        """What a command of the browser's own tools gives back."""
        return _post(f"{self._at}/goog/cdp/execute", {"cmd": command, "params": options})

    def find(self, selector: str) -> str:
        """The element of a CSS selector, as the protocol names it."""
        found: str = _post(f"{self._at}/element", {"using": "css selector", "value": selector})[_ELEMENT]
        return found

    def click(self, selector: str) -> None:
        _post(f"{self._at}/element/{self.find(selector)}/click", {})

    def hover(self, selector: str) -> None:
        """Moves the pointer over an element."""
        self.run("arguments[0].scrollIntoView({block: 'center'})", {_ELEMENT: self.find(selector)})
        move = {"type": "pointerMove", "origin": {_ELEMENT: self.find(selector)}, "x": 0, "y": 0}
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [move]}
        _post(f"{self._at}/actions", {"actions": [pointer]})

    def requests(self) -> list[str]:
        """The addresses that the browser has asked for since it was last asked."""
        told = [json.loads(one["message"])["message"] for one in _post(f"{self._at}/se/log", {"type": "performance"})]
        return [one["params"]["request"]["url"] for one in told if one["method"] == "Network.requestWillBeSent"]

    def picture(self) -> bytes:
        """The screen as a PNG."""
        with urllib.request.urlopen(f"{self._at}/screenshot") as answer:
            return base64.b64decode(json.load(answer)["value"])


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser for as long as it is needed."""
    programs = {name: shutil.which(name) for name in ("chromedriver", "chromium")}
    missing = [name for name, path in programs.items() if path is None]
    if missing:
        _do_without(f"no {' and no '.join(missing)}: install Debian's packages chromium and chromium-driver")
    folder = Path(tempfile.mkdtemp(prefix="eligo-chromium-"))
    driver = subprocess.Popen(
        [str(programs["chromedriver"]), "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    session = None
    try:
        address = f"http://127.0.0.1:{_port(driver)}"
        flags = [one.replace("\0", " ") for one in _FLAGS] + [f"--user-data-dir={folder}"]
        options = {"binary": programs["chromium"], "args": flags}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"performance": "ALL"}}
        try:
            session = _post(f"{address}/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        except urllib.error.URLError as error:
            _do_without(f"Chromium does not start: {error}")
        yield Browser(address, str(session))
        urllib.request.urlopen(urllib.request.Request(f"{address}/session/{session}", method="DELETE")).close()
    finally:
        driver.terminate()
        driver.wait()
        assert driver.stdout is not None
        driver.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)


def _port(driver: subprocess.Popen[str]) -> str:
    """The port that the driver says it listens on."""
    assert driver.stdout is not None
    for line in driver.stdout:
        if found := re.search(r"started successfully on port (\d+)", line):
            return found[1]
    _do_without("chromedriver does not start")
    raise AssertionError


def _post(address: str, content: dict[str, Any]) -> Any:
    body = json.dumps(content).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["value"]


def _do_without(reason: str) -> None:
    if os.environ.get("ELIGO_REQUIRE_CHROMIUM"):
        pytest.fail(f"Chromium is required here, but {reason}")
    pytest.skip(f"no Chromium: {reason}")
