"""Commands of the person who runs an installation."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from fieldapp.core.db import db
from fieldapp.core.errors import DomainError, in_one_line
from fieldapp.core.files import DigestDiffers, Store
from fieldapp.observations.services import inspecting, uploads
from fieldapp.ops import backup as backups
from fieldapp.ops import demo as demos
from fieldapp.ops import serve as serving


def register(app: Flask) -> None:
    """Add the commands to ``app``."""
    for command in (serve, backup, restore, doctor, demo):
        app.cli.add_command(command)


def _keys() -> Path:
    return Path(current_app.config["SETTINGS"].data_dir) / "keys"


def _now() -> int:
    return int(current_app.extensions["clock"].now())


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--recipient", default="", help="The age recipient (age1…); else FIELDAPP_BACKUP_RECIPIENT.")
@click.option(
    "--media", type=click.Path(file_okay=False, path_type=Path), help="Folder that new sealed media are copied into."
)
@with_appcontext
def backup(file: Path, recipient: str, media: Path | None) -> None:
    """Write one encrypted, consistent picture of everything to FILE while the server goes on."""
    recipient = recipient or current_app.config["SETTINGS"].backup_recipient
    if not recipient:
        raise click.ClickException(
            "For whom? No backup was made. Add --recipient age1..., or set FIELDAPP_BACKUP_RECIPIENT."
        )
    copied: list[str] = []
    try:
        made = backups.backup(file, recipient, _keys(), _now(), lambda: copied.append(_copy_media(media)))
    except DomainError as error:
        raise click.ClickException(in_one_line(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"{file} cannot be written: {error.strerror}. No backup was made; an older file of that name is as it was, "
            "and so is the database. Choose a folder that exists and has room."
        ) from error
    click.echo(f"{sum(made.rows.values())} rows of {len(made.rows)} tables are in {file}.")
    click.echo("\n".join(filter(None, copied)), nl=any(copied))


def _copy_media(target: Path | None) -> str:
    """Copy what is new into a folder of the same shape; what there is to say of it. Raises ClickException."""
    store = uploads.store()
    if target is None:
        there = sum(1 for _ in store.kept())
        return f"NOT in it: {there} sealed photos, films and sounds. Add --media FOLDER." if there else ""
    try:
        copied, there = store.copy_new(Store(target))
    except DigestDiffers as error:
        raise click.ClickException(
            f"These media files are not what their names say: {error}. Rows and all other files are in the backup; phones are not told "
            "that it is whole. Run fieldapp doctor --verify."
        ) from error
    except OSError as error:
        raise click.ClickException(
            f"Media cannot be copied into {target}: {error.strerror}. The backup of the rows is made; phones are not told that it is "
            "whole. Choose a folder that can be written and has room, and run it again."
        ) from error
    return f"{copied} new media files are in {target}, {there} were there."


@click.command()
@click.option("--verify", is_flag=True, help="Read every media file and compare its digest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each finding.")
@with_appcontext
def doctor(verify: bool, as_json: bool) -> None:
    """Compare media on the disk with the database. Exit code 0: all as it should be; 1: something is not; 2: evidence may be lost."""
    found = list(inspecting.findings(uploads.store(), _now(), verify=verify))
    for one in found:
        click.echo(json.dumps({"what": one.what, "which": one.which, "urgent": one.urgent}) if as_json else one.line)
    if not found and not as_json:
        click.echo(
            "Media and database agree." if verify else "Media and database agree. Digests were not read: --verify."
        )
    sys.exit(2 if any(one.urgent for one in found) else 1 if found else 0)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--identity",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the age identity.",
)
@click.option(
    "--media", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The folder with the media copy."
)
@with_appcontext
def restore(file: Path, identity: Path, media: Path | None) -> None:
    """Fill an empty database from FILE and begin a new epoch; phones then offer again what it lacks."""
    lines = identity.read_text(encoding="utf-8", errors="replace").splitlines()  # any file may be named
    secret = next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), "")
    try:
        made = backups.restore(file, secret, _keys(), _now())
    except DomainError as error:
        raise click.ClickException(in_one_line(error)) from error
    click.echo(f"{sum(made.rows.values())} rows of {len(made.rows)} tables are back. A new epoch has begun.")
    if media:
        copied, there = Store(media).copy_new(uploads.store())
        click.echo(f"{copied} media files are back, {there} were there.")
    click.echo("Start the server under the same host name: people sign in with the passkeys they have.")


@click.command()
@with_appcontext
def demo() -> None:
    """Fill an empty database with demo data: real places, made-up people."""
    if not demos.seed(current_app.config["SETTINGS"], _now()):
        raise click.ClickException("This database is not empty: demo data goes into an empty one only.")
    click.echo("Demo data is in.")


@click.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--demo", "with_demo", is_flag=True, help="Demo data when the database is empty.")
@click.option("--reload", is_flag=True, help="Load changed code again.")
@with_appcontext
def serve(port: int, with_demo: bool, reload: bool) -> None:
    """Migrate, start web and worker, print how to enter; Ctrl-C stops both."""
    try:
        serving.check_port(port)
    except serving.AddressTaken as error:
        raise click.ClickException(
            f"Port {port} is taken. Nothing was changed. Try another, such as: make run PORT={port % 65535 + 1}"
        ) from error
    settings = current_app.config["SETTINGS"]
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade()
    if with_demo:
        demos.seed(current_app.config["SETTINGS"], _now())
    environment = serving.environment(port, demo=with_demo)
    address = environment["FIELDAPP_PUBLIC_URL"]
    links = demos.links(_now(), address) if with_demo else []
    db.session.remove()
    db.engine.dispose()
    running = serving.Processes(port, environment, reload=reload, threads=settings.threads)
    if not running.wait_until_ready():
        running.stop()
        raise click.ClickException("The server did not start; what it said stands above.")
    _welcome(address, links)
    sys.exit(running.wait())


def _welcome(address: str, links: list[demos.Link]) -> None:
    click.echo(f"\nFieldapp serves at {address}   (Ctrl-C stops it)\n")
    if links:
        click.echo("Enter as one of the demo's people: each link works once and makes you a passkey.")
    for link in links:
        click.echo(f"  {link.role:<12} {link.field_name:<10} {link.url}")
        if address.startswith("https://"):
            click.echo(link.qr)
    if not links:
        click.echo(f"Sign in with a passkey at {address}/sign-in")
    if links:
        click.echo("\nNo passkey device at hand? make tour shows the product with a virtual one.")
