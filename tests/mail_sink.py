"""A small SMTP server for tests, which takes mail, refuses it, or falls silent with it in hand."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class MailSink(socketserver.ThreadingTCPServer):
    """`behaviour`: take; refuse (550), later (451); silent (takes the mail, never says so);
    cut (takes the mail and hangs up). `mails` holds what was taken."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.behaviour = "take"
        self.mails: list[str] = []
        self.tries = 0
        super().__init__(("127.0.0.1", 0), _Conversation)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client killed in the middle is what the tests are about."""


class _Conversation(socketserver.StreamRequestHandler):
    server: MailSink

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline():
            word = line.decode(errors="replace").strip().upper()
            if word.startswith("QUIT"):
                self._say("221 bye")
                return
            if word.startswith("RCPT") and self.server.behaviour in ("refuse", "later"):
                self.server.tries += 1
                refused = self.server.behaviour == "refuse"
                self._say("550 no such mailbox" if refused else "451 try again later")
            elif word == "DATA":
                self._say("354 go on")
                body = b""
                while not body.endswith(b"\r\n.\r\n"):
                    body += self.rfile.readline()
                self.server.mails.append(body.decode(errors="replace"))
                if self.server.behaviour == "silent":
                    time.sleep(60)
                if self.server.behaviour in ("silent", "cut"):
                    return
                self._say("250 taken")
            else:
                self._say("250 ok")


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """A running MailSink on a free port of 127.0.0.1."""
    with MailSink() as sink:
        threading.Thread(target=sink.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield sink
        finally:
            sink.shutdown()
