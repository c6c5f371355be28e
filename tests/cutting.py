"""A TCP proxy that cuts connections in mid-upload, as a bad network does: with a reset, without a word.

wire = CuttingProxy(); wire.backend = port; wire.start(); wire.cut(20, every=1_000_000)
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time

PIECE = 65_536


class CuttingProxy:
    """Stands before a server on loopback. ``cuts`` counts what it has cut so far, ``sent`` the bytes that went up.

    ``pace`` is how many seconds it takes over each piece of 64 KiB on its way up.
    """

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.backend = 0
        self.cuts = 0
        self.sent = 0
        self.pace = 0.0
        self._left = 0
        self._every = 0
        self._since = 0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def start(self) -> None:
        """Begin to take connections."""
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, times: int, every: int) -> None:
        """Cut so many more times, whenever ``every`` bytes have gone up since the last."""
        with self._lock:
            self._left, self._every, self._since = times, every, 0

    def stop(self) -> None:
        """Take no more, and end what is open."""
        self.listener.close()
        for one in list(self._open):
            _reset(one)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.backend))
        except OSError:
            _reset(client)
            return
        self._open |= {client, server}
        threading.Thread(target=self._pump, args=(server, client, False), daemon=True).start()
        self._pump(client, server, True)

    def _pump(self, source: socket.socket, target: socket.socket, up: bool) -> None:
        try:
            while data := source.recv(PIECE):
                if up and self._now(len(data)):
                    target.sendall(data[: len(data) // 2])
                    break
                target.sendall(data)
                if up and self.pace:
                    time.sleep(self.pace)
        except OSError:
            pass
        for one in (source, target):
            _reset(one)
            self._open.discard(one)

    def _now(self, count: int) -> bool:
        """Whether it is time to cut; only what is sent in bulk is."""
        with self._lock:
            self.sent += count
            self._since += count
            if not self._left or self._since < self._every or count < 4096:
                return False
            self._left -= 1
            self.cuts += 1
            self._since = 0
            return True


def _reset(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
