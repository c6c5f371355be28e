"""What this domain adds where an installation is made, and what it tells a phone that signed in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from fieldapp.accounts.services import welcome
from fieldapp.core import setup
from fieldapp.core.errors import ConfigError
from fieldapp.records import here, serverkeys
from fieldapp.records.services import epochs, trust
from fieldapp.web.gate import now


def init_app(app: Flask) -> None:
    """Register the hook, the welcome's members and the command."""
    setup.on_init(make_keys)
    welcome.register(told_at_sign_in)
    app.cli.add_command(new_receipt_key)


def make_keys(_: Session, installation: setup.Installation) -> list[str]:
    """The server's keys and the first epoch; the root key waits in a file to be taken away."""
    waiting = serverkeys.make(installation.data_dir, installation.now)
    epochs.current(installation.now)
    if waiting is None:
        return []
    return [
        f"The root key of this installation is in {waiting}.",
        "Take it away now (print it, or copy it to a stick kept with the recovery sheet) and delete the file.",
    ]


def told_at_sign_in() -> dict[str, Any]:
    """What the welcome says of this server: how to believe its receipts (docs/protocol.md 9)."""
    return trust.about(now())


@click.command("new-receipt-key")
@click.option(
    "--root", "root_file", required=True, type=click.Path(exists=True, path_type=Path), help="The root key's file."
)
@with_appcontext
def new_receipt_key(root_file: Path) -> None:
    """Replace the key that signs receipts by a new one, certified by the root key that was taken away at init."""
    try:
        made = serverkeys.new_receipt_key(here.settings().data_dir, root_file, current_app.extensions["clock"].now())
    except (ConfigError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"New receipt key {made}. Restart the server so that every process signs with it.")
