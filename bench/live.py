"""Rows 7 and 9: what an answer costs that says "unchanged", and what two hundred open dashboards cost and wait."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from dashboard import clock, models, topics
from dashboard.config import ROOT, environment_and
from dashboard.database import db, transaction
from dashboard.web.fragments import MARK_HEADER
from dashboard.web.live import LOOK_EVERY
from dashboard.web.pulse import PULSE_EVERY, PULSE_PATH
from dashboard.web.rereads import LIVE_STATE_PATH

DASHBOARDS = 200
# Half of them show everything; the others what somebody would filter by.
FILTERED = ("channel=web", "dated=no", "age=61%2B", "cause=not-ordered", "location=east", "planned=no", "currency=USD")
SECONDS_TO_OPEN = 5
SECONDS_UNCHANGED = 15
CHANGES = 8
SECONDS_BETWEEN_CHANGES = 4
ANSWERS_EACH = 25  # of row 7, in turn
KILOBYTES = 1024
SECRET_KEY = "measured, never served" * 2
PERSON = "open-dashboard-of-the-bench"

Desk = Callable[[str], AbstractContextManager[None]]


def report_live(urls: dict[tuple[str, int], str], lines: int, databases: list[str], desk: Desk) -> None:
    """Prints the two rows, on every database."""
    found = {name: _measured(urls[name, lines], desk) for name in databases}
    print(f"\n| # | open dashboards at {lines:,} lines | " + " | ".join(databases) + " | mark |")
    print("|---|---|" + "---|" * (len(databases) + 1))
    for place, (number_of, what, _, mark) in enumerate(found[databases[0]]):
        print(f"| {number_of} | {what} | " + " | ".join(found[name][place][2] for name in databases) + f" | {mark} |")


def _measured(url: str, desk: Desk) -> list[tuple[str, str, str, str]]:
    with desk(url), _served(url) as server:
        cookie, mark = _cookie(), _present_mark()
        return asyncio.run(_all_rows(server, cookie, mark))


async def _all_rows(server: Server, cookie: str, mark: str) -> list[tuple[str, str, str, str]]:
    answers = await _answers(server, cookie)
    # Each process has answered somebody before its memory is looked at: what it loads once is not the dashboards'.
    await asyncio.gather(*(Browser(server, cookie).ask("/aging") for _ in range(DASHBOARDS // 10)))
    crowd, memory = Crowd(server, cookie, mark), server.megabytes()
    await crowd.open()
    before = server.processor_seconds()
    await asyncio.sleep(SECONDS_UNCHANGED)
    quiet = (server.processor_seconds() - before) / SECONDS_UNCHANGED
    before = server.processor_seconds()
    for _ in range(CHANGES):
        crowd.changed_at = await asyncio.to_thread(_change)
        await asyncio.sleep(SECONDS_BETWEEN_CHANGES)
    busy = (server.processor_seconds() - before) / CHANGES
    grown = server.megabytes() - memory
    await crowd.close()
    unchanged, fragment, kept = (statistics.median(times) for times in answers)
    waited = sorted(crowd.delays)
    missed = DASHBOARDS * CHANGES - len(waited)
    return [
        ("7", "unchanged answer ÷ fragment, requests/s", f"{fragment / unchanged:.1f}×", "≥ 3×"),
        ("", "unchanged answer; fragment; one written before", _milliseconds(unchanged, fragment, kept), ""),
        ("9", f"{DASHBOARDS} open dashboards, nothing changes, of a core", f"{quiet:.1%}", "≤ 10 %"),
        ("", "processor a change that all of them show", f"{busy:.2f} s", ""),
        ("9", "memory more than before they opened", f"{grown:.0f} MB", "≤ 30 MB"),
        ("9", "delay of a change: half of them; 99 in 100", _milliseconds(*_delays(waited)), "≤ 2 s"),
        ("", "dashboards that missed a change", str(missed), "0"),
    ]


def _milliseconds(*seconds: float) -> str:
    return "; ".join(f"{1000 * one:.1f} ms" if one < 1 else f"{one:.2f} s" for one in seconds)


def _delays(waited: list[float]) -> tuple[float, float]:
    return statistics.median(waited), waited[int(len(waited) * 0.99)]


def _change() -> float:
    """What every open screen must look at again, committed by another process than the one that serves."""
    with transaction() as session:
        topics.bump(session.connection(), topics.FACTS)
    db.session.remove()
    return time.monotonic()


@dataclass
class Server:
    """The desk as `make run` serves it, in processes of its own."""

    process: int
    port: int

    def processor_seconds(self) -> float:
        spent = (Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in self._processes())
        return sum(int(fields[11]) + int(fields[12]) for fields in spent) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        status = (Path(f"/proc/{pid}/status").read_text() for pid in self._processes())
        return sum(int(text.partition("VmRSS:")[2].split()[0]) for text in status) / KILOBYTES

    def _processes(self) -> list[int]:
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        return [self.process, *map(int, children)]


@contextmanager
def _served(url: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = environment_and(
        DATABASE_URL=url,
        SECRET_KEY=SECRET_KEY,
        BUSINESS_DATE=current_app.config["BUSINESS_DATE"].isoformat(),
        PORT=str(port),
        EMBEDDED_WORKER="no",
        LOG_LEVEL="WARNING",
    )
    serving = subprocess.Popen(
        [sys.executable, "-m", "flask", "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield Server(serving.pid, port)
    finally:
        serving.terminate()
        serving.wait()


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The desk did not start to serve.")


def _cookie() -> str:
    """The session of a viewer, as the browser would send it."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with transaction() as saving:
        if saving.scalar(select(models.User).filter_by(fs_uniquifier=PERSON)) is None:
            role = saving.scalar(select(models.Role).filter_by(name="viewer")) or models.Role(name="viewer")
            person = models.User(email="open@bench.example", password="nobody signs in", active=True)
            person.fs_uniquifier, person.roles = PERSON, [role]
            saving.add(person)
    browser = app.test_client()
    with browser.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = PERSON, False  # as in a browser after the first answer
        kept["began"] = kept["seen"] = int(clock.real_now().timestamp())  # else each answer would write it anew
    kept_cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert kept_cookie is not None
    return f"{kept_cookie.key}={kept_cookie.value}"


def _present_mark() -> str:
    mark: str = current_app.extensions["live_state"](db.session()).mark
    db.session.remove()
    return mark


class Browser:
    """One connection that asks and is answered, as a page does."""

    def __init__(self, server: Server, cookie: str) -> None:
        self._server = server
        self._cookie = cookie
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, address: str, **headers: str) -> tuple[int, bytes]:
        """Status and body; on a new connection where the server has closed the one before."""
        try:
            return await self._asked(address, headers)
        except (ConnectionError, asyncio.IncompleteReadError):
            self._writer = None
            return await self._asked(address, headers)

    async def _asked(self, address: str, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        lines = [f"GET {address} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {self._cookie}", "HX-Request: true"]
        lines += [
            "HX-Request-Type: partial",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        status, length = int(head.split()[1]), head.partition("content-length:")[2].split()[:1]
        body = await self._reader.readexactly(int(length[0])) if length and status != 304 else b""
        return status, body


def _mark_in(fragment: bytes) -> str:
    return fragment.decode().partition('data-live="')[2].partition('"')[0]


async def _answers(server: Server, cookie: str) -> tuple[list[float], list[float], list[float]]:
    """Seconds of an unchanged answer, of a fragment written anew, and of one that was written before; in turn."""
    browser = Browser(server, cookie)
    _, fragment = await browser.ask("/aging")
    mark = _mark_in(fragment)
    times: tuple[list[float], list[float], list[float]] = ([], [], [])
    for turn in range(ANSWERS_EACH):
        for place, (address, shown, expected) in enumerate(
            (("/aging", mark, 304), (f"/aging?turn={turn}", "", 200), ("/aging", "", 200))
        ):
            begun = time.perf_counter()
            status, _ = await browser.ask(address, **({MARK_HEADER: shown} if shown else {}))
            times[place].append(time.perf_counter() - begun)
            assert status == expected
    return times


@dataclass
class Crowd:
    """Dashboards that stand open, each as static/js/live.js has it."""

    server: Server
    cookie: str
    mark: str
    opened: int = 0
    changed_at: float = 0.0
    delays: list[float] = field(default_factory=list)
    pages: list[asyncio.Task[None]] = field(default_factory=list)

    async def open(self) -> None:
        filtered = [f"/aging?{query}" for query in FILTERED]
        for number_of in range(DASHBOARDS):
            address = "/aging" if number_of % 2 else filtered[number_of // 2 % len(filtered)]
            self.pages.append(asyncio.create_task(self._stand_open(address)))
        while self.opened < DASHBOARDS:
            await asyncio.sleep(PULSE_EVERY)
        await asyncio.sleep(2 * PULSE_EVERY)

    async def close(self) -> None:
        for page in self.pages:
            page.cancel()
        for ended in await asyncio.gather(*self.pages, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                raise ended or RuntimeError("A dashboard closed by itself.")

    async def _stand_open(self, address: str) -> None:
        browser, mark = Browser(self.server, self.cookie), self.mark
        await asyncio.sleep(random.uniform(0, SECONDS_TO_OPEN))
        shown = _mark_in((await browser.ask(address))[1])
        self.opened += 1
        looked_at = time.monotonic() - random.uniform(0, LOOK_EVERY)
        while True:
            status, news = await browser.ask(f"{PULSE_PATH}?{mark}")
            if status == 200:
                mark = news.decode().partition('"mark": "')[2].partition('"')[0]
                _, fragment = await browser.ask(address, **{MARK_HEADER: shown})
                shown = _mark_in(fragment) or shown  # nothing comes where it shows what there is
                self.delays.append(time.monotonic() - self.changed_at)
            elif time.monotonic() - looked_at >= LOOK_EVERY:
                looked_at = time.monotonic()
                await browser.ask(f"{LIVE_STATE_PATH}?shown={mark}")
            await asyncio.sleep(PULSE_EVERY)
