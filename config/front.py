"""ASGI entry point of `manage.py serve`: a request is taken in whole before a thread works on it.

granian hands a WSGI request to one of a few threads as soon as its headers are there, and has no
limit of time for bodies: four people with bad lines, or one with bad intentions, would stop the
portal for all (docs/adr/0016). Here a body arrives beside the threads, on disk when it is large;
one that is too slow or too large is cut off. Behind nginx, which does the same,
`config.wsgi:application` is served directly.
"""

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, cast
from urllib.parse import unquote_to_bytes

from django.template.loader import render_to_string

from .wsgi import application as portal

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

THREADS = 4
# As nginx in deploy/nginx.conf: above UPLOAD_MAX_BYTES, so that the portal itself names the file.
MAX_BODY = 25 * 1024 * 1024
# What is larger is still read for a while, for a browser shows no answer before it has sent all.
MAX_READ = 4 * MAX_BODY
GRACE = 20.0  # seconds before anybody is called slow
RATE = 4096  # bytes a second that even a bad line manages
IN_MEMORY = 64 * 1024
_TEXTS = {
    408: ("没有收完这次提交", "网络太慢，提交的内容没有收完整，没有保存。请换个网络再试。"),
    413: ("提交的内容太大", "一次提交最多 25 MB，单个附件最多 20 MB，没有保存。请分几次上传。"),
}

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")


class _Refused(Exception):
    """The request is answered here, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Gone(Exception):
    """The caller has hung up."""


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Takes the request in, has a thread answer it, sends the answer as it is made."""
    if scope["type"] != "http":
        return
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
        try:
            size = await _take_in(receive, body)
        except _Gone:
            return
        except _Refused as refused:
            await _refuse(send, refused.status)
            return
        body.seek(0)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(_threads, _answer, _environ(scope, body, size), send, loop)


async def _take_in(receive: Receive, body: IO[bytes]) -> int:
    """Reads the body into the file; its size. The longer it takes, the more must have come."""
    started, size, more = time.monotonic(), 0, True
    while more:
        left = started + GRACE + size / RATE - time.monotonic()
        try:
            message = await asyncio.wait_for(receive(), left)
        except TimeoutError:
            raise _Refused(408) from None
        if message["type"] == "http.disconnect":
            raise _Gone
        part = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(part)
        if size <= MAX_BODY:
            body.write(part)
        elif size > MAX_READ:
            break
    if size > MAX_BODY:
        raise _Refused(413)
    return size


async def _refuse(send: Send, status: int) -> None:
    title, text = _TEXTS[status]
    page = render_to_string("front.html", {"title": title, "text": text}).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(page)).encode()),
        (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"same-origin"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": page})


def _environ(scope: Message, body: IO[bytes], size: int) -> dict[str, Any]:
    """The request as WSGI has it. A header whose name has an underscore is nobody's honest one,
    and would be taken for the one with a hyphen."""
    server, client = scope.get("server") or ("localhost", 80), scope.get("client")
    raw = scope.get("raw_path") or scope["path"].encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw.partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": str(client[0]) if client else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        text = value.decode("latin-1")
        if key in environ:
            text = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
        environ[key] = text
    environ["CONTENT_LENGTH"] = str(size)
    return environ


def _answer(environ: dict[str, Any], send: Send, loop: asyncio.AbstractEventLoop) -> None:
    """Runs the portal in this thread and hands its answer to the loop, 64 KB at a time."""
    start: Message = {"type": "http.response.start"}

    def begin(status: str, headers: list[tuple[str, str]], error: Any = None) -> None:
        start["status"] = int(status.partition(" ")[0])
        start["headers"] = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]

    parts: Any = cast(Any, portal)(environ, begin)
    try:
        for message in itertools.chain([start], _messages(parts)):
            asyncio.run_coroutine_threadsafe(_sent(send, message), loop).result()
    finally:
        if hasattr(parts, "close"):
            parts.close()


async def _sent(send: Send, message: Message) -> None:
    await send(message)


def _messages(parts: Iterable[bytes]) -> Iterator[Message]:
    """The body's messages: a page in one, a file in pieces of a good size."""
    kept = b""
    for part in parts:
        kept += part
        if len(kept) >= IN_MEMORY:
            yield {"type": "http.response.body", "body": kept, "more_body": True}
            kept = b""
    yield {"type": "http.response.body", "body": kept, "more_body": False}
