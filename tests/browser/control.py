"""A page that hides a word in every store that a browser has, and a server that sends it: what a search of a profile must find."""

from __future__ import annotations

import contextlib
import gzip
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cramjam

from fieldapp import TOP


def word(name: str) -> str:
    """The word for one store; no file of a browser has it by itself. Split in the page's source, so that the source is no find."""
    return f"w{name}Qzvkx"


PAGE = """<!doctype html><title>Control</title><link rel="icon" href="/icon.png">
<form method="post" action="/posted"><textarea name="narrative"></textarea><input name="once"><button>Go</button></form>
<script>
const word = (name) => "w" + name + "Qzvkx";
const lines = (count, what) => Array.from({ length: count }, (_, i) => `${i % 17} ${what}. `).join("");
const amid = (name) => lines(400, "what stands before") + word(name) + lines(400, "what comes after");
async function hide() {
  const open = indexedDB.open("control", 1);
  open.onupgradeneeded = () => open.result.createObjectStore("things");
  const base = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const put = async (entries) => {
    const tx = base.transaction("things", "readwrite", { durability: "strict" });
    for (const [key, value] of entries) tx.objectStore("things").put(value, key);
    await new Promise((done) => (tx.oncomplete = done));
  };
  // In the table that a log of more than 4 MB becomes.
  await put([[word("tablekey"), 1], ["table", { note: amid("table") }], ["tablewide", { note: amid("tablewide") + "\\u4e2d" }]]);
  for (let round = 0; round < 6; round++)
    await put(Array.from({ length: 40 }, (_, i) => [`filler ${round} ${i}`, { note: lines(1200, `round ${round} thing ${i}`) }]));
  // In the log that is written after it.
  await put([
    ["log", { note: word("log") }],
    ["wide", { note: word("wide") + "\\u4e2d" }],
    ["cut", { note: lines(3000, "long") }],
    ["value", { note: Array.from({ length: 20 }, (_, i) => lines(1000, i)).join("") + word("value") }],
    ["blob", new Blob([word("blob")])],
    ["bytes", new TextEncoder().encode(word("bytes"))],
  ]);
  await (await caches.open("control")).put("/kept", new Response(amid("cachestorage")));
  localStorage.setItem("control", word("local"));
  sessionStorage.setItem("control", word("session"));
  for (const how of ["plain", "gzip", "deflate", "br", "zstd"]) await (await fetch(`/coded/${how}`)).text();
  const file = await (await navigator.storage.getDirectory()).getFileHandle("control", { create: true });
  const writer = await file.createWritable();
  await writer.write(word("opfs"));
  await writer.close();
  await navigator.serviceWorker.register("/worker.js");
  await navigator.serviceWorker.ready;
  history.pushState(null, "", `/?${word("address")}`);
  document.title = word("title");
}
</script>"""
CODED = {
    "plain": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda text: bytes(cramjam.brotli.compress(text)),
    "zstd": lambda text: bytes(cramjam.zstd.compress(text)),
}


class Handler(BaseHTTPRequestHandler):
    """Everything may be kept for a day."""

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        """The form is taken."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self._send(b"<!doctype html><title>Thanks</title>", "text/html")

    def do_GET(self) -> None:
        """The page, its worker, its icon, a text in each coding."""
        path = self.path.split("?")[0]
        if path.startswith("/coded/"):
            how = path.removeprefix("/coded/")
            text = " ".join([*map(str, range(500)), word(how), *map(str, range(500))]).encode()
            self._send(CODED[how](text), "text/plain", **({} if how == "plain" else {"Content-Encoding": how}))
        elif path == "/worker.js":
            self._send(f"/* {word('worker')} */ onfetch = () => {{}};".encode(), "text/javascript")
        elif path == "/icon.png":
            self._send(next((TOP / "static/dist").glob("apple-touch-icon*.png")).read_bytes(), "image/png")
        else:
            self._send(PAGE.encode(), "text/html")

    def _send(self, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Cache-Control": "max-age=86400", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def control_site() -> Iterator[str]:
    """Serves the page until the block ends; its address."""
    server = ThreadingHTTPServer(("localhost", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
