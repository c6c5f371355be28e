"""The worker's push loop: claims what is due, keeps many requests in flight over kept connections, settles in batches."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from flask import Flask

from fieldapp.alerts import vapid
from fieldapp.alerts.models import ALERT, MESSAGE
from fieldapp.alerts.push import endpoint, message
from fieldapp.alerts.push.breaker import Breaker
from fieldapp.alerts.services import deliveries
from fieldapp.alerts.services.deliveries import Outcome, Outgoing
from fieldapp.config import Settings
from fieldapp.core.clock import HOUR, SECOND, Clock, to_ms
from fieldapp.core.db import db
from fieldapp.core.worker import POLL, Bell
from fieldapp.records import serverkeys

log = logging.getLogger(__name__)
T = TypeVar("T")
IN_FLIGHT = 256
KEPT_FREE = 64  # of those in flight, for alerts: a broadcast never delays one
PER_SERVICE = 100  # a push service that hangs must not hold up the others; alerts have connections of their own
FULL_PAUSE = 0.01  # seconds until more is claimed when all room is taken
TTL = HOUR // SECOND  # older than that an alert has climbed past its reader
MESSAGE_TTL = 12 * TTL
PATIENCE_AT_STOP = 3.0
OUR_FAULT = {
    400: "it could not read what we sent",
    401: "it does not know our VAPID key: were the server's keys replaced?",
    403: "our VAPID token is not good for this subscription: were the server's keys replaced, or is the clock wrong?",
    413: "what we sent is too long for it",
}


class PublicOnly(AbstractResolver):
    """Names resolve to addresses of the open internet only, whatever a name server says."""

    def __init__(self, hosts: tuple[str, ...]) -> None:
        self._inner = ThreadedResolver()
        self._tested = {one.split("://", 1)[1].rsplit(":", 1)[0] for one in hosts if "://" in one}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of ``host``; raises OSError when none is public."""
        found = await self._inner.resolve(host, port, family)
        if host not in self._tested:
            found = [one for one in found if endpoint.is_public(one["host"])]
        if not found:
            raise OSError(None, "no public address")
        return found

    async def close(self) -> None:
        """Nothing is kept open."""
        await self._inner.close()


class Sender:
    """Sends claimed deliveries. One per loop run; everything it keeps in memory can be lost."""

    def __init__(self, app: Flask, bell: Bell) -> None:
        self._app = app
        self._bell = bell
        self._clock: Clock = app.extensions["clock"]
        self._settings: Settings = app.config["SETTINGS"]
        keys = serverkeys.ready(self._settings.data_dir, self._clock.now())
        self._signer = vapid.Signer(keys.vapid, self._settings.push_contact)
        self._breaker = Breaker()
        self._said: set[tuple[str, int]] = set()
        self._flying: dict[asyncio.Task[None], Outgoing] = {}
        self._done: list[Outcome] = []
        self._settling = 0
        self._landed = asyncio.Event()

    @property
    def _lease(self) -> int:
        return 2 * SECOND * self._settings.push_timeout

    async def run(self) -> None:
        """Send until the worker stops; then wait a little for what is in flight and give the rest back."""
        async with self._connections() as alerts, self._connections() as others:
            settling = asyncio.create_task(self._settle())
            try:
                while not self._bell.stopping and not settling.done():
                    await self._turn(alerts, others)
                if self._flying:
                    await asyncio.wait(self._flying, timeout=PATIENCE_AT_STOP)
            finally:
                await self._land(settling)

    async def _turn(self, alerts: aiohttp.ClientSession, others: aiohttp.ClientSession) -> None:
        """Claim what there is room for and begin to send it; what is kept free takes alerts only.

        What has landed and is not written down yet takes room too: a killed worker's follower repeats it, and so would this one once its
        lease has lapsed, if the database were slower than the push service.
        """
        room = IN_FLIGHT - len(self._flying) - len(self._done) - self._settling
        only_alerts = room <= KEPT_FREE
        taken = []
        if room > 0:
            limit = room if only_alerts else room - KEPT_FREE
            taken = await self._in_thread(self._claim, limit, only_alerts)
        for one in taken:
            task = asyncio.create_task(self._send(alerts if one.rank == ALERT else others, one))
            self._flying[task] = one
            task.add_done_callback(lambda done: self._flying.pop(done, None))
        if taken:
            return
        if only_alerts:
            await asyncio.sleep(FULL_PAUSE)
        else:
            await asyncio.to_thread(self._bell.wait, POLL)

    def _claim(self, limit: int, only_alerts: bool) -> list[Outgoing]:
        return deliveries.claim(self._clock.now(), self._lease, limit, alerts=only_alerts)

    async def _send(self, http: aiohttp.ClientSession, one: Outgoing) -> None:
        origin = endpoint.origin(one.endpoint)
        wait = self._breaker.wait(origin, self._clock.now(), alert=one.rank == ALERT)
        if wait:
            self._done.append(Outcome(one, deliveries.HELD, wait))
            self._landed.set()
            return
        try:
            outcome = await self._post(http, one)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("push service not reached: %s", type(error).__name__)
            outcome = Outcome(one, 0)
        except Exception as error:
            log.exception("a push could not be made: %s", type(error).__name__)
            outcome = Outcome(one, 400)
        self._breaker.heard(origin, self._clock.now(), outcome.status, outcome.retry_after)
        self._done.append(outcome)
        self._landed.set()

    async def _post(self, http: aiohttp.ClientSession, one: Outgoing) -> Outcome:
        if not endpoint.allowed(one.endpoint, self._settings.push_hosts):
            return Outcome(one, 410)  # the list of services became shorter
        today = one.about == deliveries.MESSAGES
        text = message.plaintext(one.notice_id, one.lang, self._settings.origin, today=today, proof=one.id)
        body = message.encrypted(one.p256dh, one.auth, text)
        headers = {
            "Authorization": self._signer.header(endpoint.origin(one.endpoint), self._clock.now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(MESSAGE_TTL if one.about == deliveries.MESSAGES else TTL),
            "Urgency": "normal" if one.rank == MESSAGE else "high",
            "Topic": message.topic(one.subscription_id, one.about),
        }
        async with http.post(one.endpoint, data=body, headers=headers, allow_redirects=False) as answer:
            self._say(endpoint.origin(one.endpoint), answer.status)
            return Outcome(one, answer.status, self._retry_after(answer.headers.get("Retry-After", "")))

    def _say(self, origin: str, status: int) -> None:
        """What a push service refuses is said once, in plain words: what is our own fault stays so until somebody mends it."""
        if 200 <= status < 300 or (origin, status) in self._said:
            return
        self._said.add((origin, status))
        log.warning(
            "push service %s answered %s: %s", origin, status, OUR_FAULT.get(status, "it is tried again, or was gone")
        )

    def _retry_after(self, text: str) -> int | None:
        if text.isascii() and text.isdigit() and len(text) < 9:
            return int(text) * SECOND
        try:
            return max(0, to_ms(parsedate_to_datetime(text)) - self._clock.now())
        except ValueError:
            return None

    async def _settle(self) -> None:
        """Write outcomes down, all that came while the last batch was written."""
        while True:
            await self._landed.wait()
            self._landed.clear()
            batch, self._done = self._done, []
            if batch:
                self._settling = len(batch)
                await self._in_thread(deliveries.settle, batch, self._clock.now())
                self._settling = 0

    async def _land(self, settling: asyncio.Task[None]) -> None:
        left = list(self._flying.values())
        for task in list(self._flying):
            task.cancel()
        settling.cancel()
        results = await asyncio.gather(settling, return_exceptions=True)
        if self._done:
            await self._in_thread(deliveries.settle, self._done, self._clock.now())
        if left:
            await self._in_thread(deliveries.give_back, left, self._clock.now())
        if isinstance(results[0], Exception):
            raise results[0]

    async def _in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        def call() -> T:
            with self._app.app_context():
                try:
                    return function(*arguments)
                finally:
                    db.session.remove()

        return await asyncio.to_thread(call)

    def _connections(self) -> aiohttp.ClientSession:
        timeout = aiohttp.ClientTimeout(total=self._settings.push_timeout)
        connector = aiohttp.TCPConnector(
            limit=IN_FLIGHT,
            limit_per_host=PER_SERVICE,
            ttl_dns_cache=300,
            keepalive_timeout=60,
            resolver=PublicOnly(self._settings.push_hosts),
        )
        return aiohttp.ClientSession(
            connector=connector, timeout=timeout, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
        )


def loop(app: Flask, bell: Bell) -> None:
    """The worker's push loop."""
    asyncio.run(Sender(app, bell).run())
