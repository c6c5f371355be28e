"""The page that carries the field app, its service worker and its manifest."""

from __future__ import annotations

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
