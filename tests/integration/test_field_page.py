"""The page that carries the field app, its service worker and its manifest."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient


def test_the_page_is_the_same_for_everybody_and_sets_no_cookie(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert "csrf" not in page.text
    assert page.headers["Cache-Control"] == "no-cache"


def test_the_manifest_has_a_name_that_says_nothing(client: FlaskClient) -> None:
    manifest = client.get("/manifest.webmanifest").get_json()
    assert manifest["name"] == "Fieldapp"
    assert manifest["start_url"] == manifest["scope"] == "/"


def test_the_service_worker_is_never_kept_by_a_cache(client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    assert answer.status_code in {200, 404}  # 404 where nothing was built
    assert "max-age" not in answer.headers["Cache-Control"]


def test_what_the_build_made_comes_gzipped_to_a_browser_that_takes_it(client: FlaskClient) -> None:
    zipped = client.get("/sw.js", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/sw.js", headers={"Accept-Encoding": "identity"})
    assert (zipped.headers["Content-Encoding"], plain.headers.get("Content-Encoding")) == ("gzip", None)
    assert gzip.decompress(zipped.data) == plain.data
    assert "Accept-Encoding" in zipped.vary and "Accept-Encoding" in plain.vary
    assert zipped.mimetype == plain.mimetype == "text/javascript"
    assert zipped.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize(
    "path", ["../wsgi.py", "..%2fwsgi.py", "dist/nothing.js", "%00", "dist/../../wsgi.py", "a" * 300]
)
def test_nothing_outside_the_static_folder_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code in {400, 404}
