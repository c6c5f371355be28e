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
from fieldapp.records.services import epochs, handin, trust
from fieldapp.web.gate import now


def init_app(app: Flask) -> None:
    """Register the hook, the welcome's members and the command."""
    setup.on_init(make_keys)
    welcome.register(told_at_sign_in)
    app.cli.add_command(new_receipt_key)
    app.cli.add_command(hand_in)


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


@click.command("hand-in")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def hand_in(file: Path) -> None:
    """Take a rescue file in: what a phone could not send itself goes through the same door. Again is harmless."""
    try:
        with file.open("rb") as source:
            made = handin.hand_in(source, current_app.extensions["clock"].now())
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}. What was taken is safe.") from error
    for line in made.lines:
        click.echo(f"{line.number:>5}  {(line.id or '?')[:8]:<8}  {line.kind or '?':<14}  {line.outcome}")
    click.echo(f"On the server: {made.safe} of {len(made.lines)} in this file.")
    if made.fault:
        raise click.ClickException(f"{handin.FAULTS[made.fault]} {handin.DO[made.fault]}")
    if made.safe < len(made.lines):
        raise click.ClickException("Some were not taken; the list says which and why. Keep the file.")
