"""Commands: the first admin's link on an empty installation, and an invite from the server's own console."""

from __future__ import annotations

import click
import segno
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from fieldapp.accounts.services import installation, invites
from fieldapp.config import Settings
from fieldapp.core.actor import ADMIN, ROLES
from fieldapp.core.errors import DomainError, in_one_line


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(init)
    app.cli.add_command(invite)


@click.command("init")
@click.option("--name", default="Our chapter", show_default=True, help="The name of the organisation's chapter.")
@click.option("--zone", default="America/New_York", show_default=True, help="Its IANA time zone.")
@with_appcontext
def init(name: str, zone: str) -> None:
    """Set up an empty installation: the chapter, the server's keys, and the first admin's link."""
    settings = _settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade()  # an empty machine has no tables yet
    try:
        token, lines = installation.install(
            name, zone, settings.host, settings.origin, settings.data_dir, current_app.extensions["clock"].now()
        )
    except DomainError as error:
        raise click.ClickException(in_one_line(error)) from error
    for line in lines:
        click.echo(line)
    _show("The first admin's link. It works once, for 7 days:", token)


@click.command("invite")
@click.option("--role", type=click.Choice(ROLES), default=ADMIN, show_default=True)
@click.option("--chapter", default=None, help="The chapter's id; the top chapter when left out.")
@with_appcontext
def invite(role: str, chapter: str | None) -> None:
    """Print an invite link, such as for an admin who lost every passkey."""
    try:
        token = installation.invite(role, chapter, current_app.extensions["clock"].now())
    except DomainError as error:
        raise click.ClickException(in_one_line(error)) from error
    _show(f"An invite ({role}). It works once, for 7 days:", token)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _show(words: str, token: str) -> None:
    """The link, and a QR where a phone could open it: on http only this machine can."""
    link = invites.address(_settings().origin, token)
    click.echo(f"{words}\n\n  {link}\n")
    if _settings().secure:
        segno.make(link, error="m").terminal(compact=True)
