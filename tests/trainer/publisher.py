"""A server on loopback that publishes files, well or badly."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Publisher:
    """What it serves by name, how it misbehaves, and what it was asked for."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    break_off_after: int | None = None  # bytes, once
    knows_ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)  # path, Range


@contextlib.contextmanager
def publishing() -> Iterator[Publisher]:
    publisher = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            publisher.asked.append((self.path, wanted))
            if self.path.startswith("/moved/"):
                self.send_response(302)
                self.send_header("Location", f"{publisher.address}/{self.path.removeprefix('/moved/')}")
                self.end_headers()
                return
            content = publisher.files.get(self.path.strip("/"))
            if content is None:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-") or 0) if publisher.knows_ranges else 0
            if start and start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            until, publisher.break_off_after = publisher.break_off_after, None
            self.wfile.write(content[start:until])

        def log_message(self, *_: object) -> None:
            """Nothing: tests read what was asked from the publisher."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    publisher.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
