"""The offline journey in WebKit (WebKitGTK, without passkeys and push): installed, cold without a server, written, kept, received."""

from __future__ import annotations

import datetime
import ipaddress
import json
import logging
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import BaseWSGIServer, make_server

from fieldapp import create_app
from fieldapp.accounts.services import sessions
from fieldapp.config import Settings
from fieldapp.core.clock import Clock
from fieldapp.core.db import create_all, db
from fieldapp.records import serverkeys
from fieldapp.records.models import Record, SealedFile
from tests.browser.stage import free_port
from tests.browser.webkit import WebKit, screen
from tests.counsel import Counsel
from tests.factories import Factory

pytestmark = pytest.mark.browser


class Site:
    """A chapter behind https: without it WebKit keeps no ``__Host-`` cookie, not even from localhost."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"https://localhost:{self.port}"
        self.tls = certificate(home)
        clock = Clock()
        serverkeys.make(home, clock.now())
        settings = Settings(home, f"sqlite:///{home / 'fieldapp.db'}", self.url, "test-only-secret-test-only-secret-00")
        self.app: Flask = create_app(settings, clock)
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        with self.app.app_context():
            create_all()
            make = Factory(clock)
            chapter = make.chapter("New York", hotline="212-555-0142")
            make.place(chapter, "Immigration Court", address="26 Federal Plaza", city="New York")
            self.box = make.box(chapter, Counsel(make.person(chapter, "legal")))
            person = make.person(chapter, field_name="Juniper")
            self.token = sessions.begin(person, clock.now(), label="Test", stepped_up=True)
            db.session.commit()
            db.session.remove()
        self.server: BaseWSGIServer | None = None
        self.start()

    def start(self) -> None:
        """Answer."""
        self.server = make_server("localhost", self.port, self.app, threaded=True, ssl_context=self.tls)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Answer nobody any more: the port is closed."""
        assert self.server
        self.server.shutdown()
        self.server.server_close()

    def cookie(self) -> dict[str, object]:
        """A session's cookie: no passkey can be made in this engine."""
        client: FlaskClient = self.app.test_client()
        with client.session_transaction(base_url=self.url) as session:
            session["_user_id"], session["_fresh"] = self.token, True
        name = str(self.app.config["SESSION_COOKIE_NAME"])
        value = client.get_cookie(name, domain="localhost")
        assert value
        return {"name": name, "value": value.value, "path": "/", "secure": True, "httpOnly": True, "sameSite": "Lax"}


def certificate(home: Path) -> ssl.SSLContext:
    """A certificate of its own for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (home / "tls.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "tls.pem")
    return context


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "site").mkdir()
    made = Site(tmp_path / "site")
    yield made
    made.stop()


@pytest.fixture
def webkit(tmp_path: Path) -> Iterator[WebKit]:
    with screen() as name:
        made = WebKit(tmp_path / "webkit", name)
        yield made
        made.close()


def test_what_is_written_without_a_server_is_kept_and_received_later(webkit: WebKit, site: Site) -> None:
    webkit.goto(f"{site.url}/healthz")
    webkit.keep_cookie(site.cookie())
    webkit.goto(f"{site.url}/#/today")
    webkit.see("No shift of yours ahead")
    webkit.until("return Boolean(navigator.serviceWorker.controller)")
    site.stop()
    webkit.reopen(f"{site.url}/#/write")
    webkit.tap("button", "Court session")
    webkit.tap("button", "Immigration Court")
    webkit.tap("button", "Write")
    webkit.tap("label", "Short hearings")
    webkit.type("Note", "The clerk said Zwetschgenknoedel twice.")
    webkit.tap("button", "Save")
    webkit.see("Read once more")
    webkit.tap("button", "Save")
    webkit.see("1 saved on this phone")
    webkit.reopen(f"{site.url}/#/today")
    webkit.see("1 saved on this phone")
    site.start()
    webkit.reopen(f"{site.url}/#/today")
    webkit.see("All received")
    with site.app.app_context():
        (record,) = db.session.scalars(db.select(Record))
        assert (record.kind, record.reasons) == ("observation", [])
        sealed = db.session.get_one(SealedFile, (record.pk, site.box.id))
        said = {path: value for _, path, value in json.loads(site.box.identity.open(sealed.data))}
    assert "The clerk said Zwetschgenknoedel twice." in said.values()
