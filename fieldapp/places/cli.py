"""``fieldapp import-places FILE``."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy import select

from fieldapp.accounts.models import Chapter
from fieldapp.core.db import db
from fieldapp.core.errors import DomainError, in_one_line
from fieldapp.places.importers.row import Reason
from fieldapp.places.services import importing


def init_app(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(import_places)


@click.command("import-places")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--chapter", "chapter_id", help="The chapter's id; may be left out where there is one top chapter.")
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
def import_places(file: Path, chapter_id: str | None, dry_run: bool) -> None:
    """Import places from a CSV or GeoJSON FILE: good rows go in, bad ones are listed with line and reason."""
    chapter = _chapter(chapter_id)
    now = current_app.extensions["clock"].now()
    try:
        plan = importing.run(chapter.id, file.name, file.read_bytes(), now, dry_run=dry_run)
    except DomainError as error:
        raise click.ClickException(in_one_line(error)) from None
    for bad in plan.parsed.bad:
        click.echo(f"{plan.parsed.unit} {bad.line}: {bad.name or '-'}: {' '.join(_said(one) for one in bad.reasons)}")
    counts = plan.counts
    done = "Would import" if dry_run else "Imported"
    click.echo(
        f"{done} into {chapter.name}: {counts['new']} new, {counts['changed']} changed, "
        f"{counts['unchanged']} unchanged, {counts['bad']} not taken."
    )


def _chapter(chapter_id: str | None) -> Chapter:
    query = select(Chapter).where(Chapter.id == chapter_id if chapter_id else Chapter.parent_id.is_(None)).limit(2)
    found = db.session.scalars(query).all()
    if len(found) == 1:
        return found[0]
    if chapter_id:
        raise click.ClickException("There is no chapter with this id.")
    raise click.ClickException(
        "Say which chapter: --chapter ID."
        if found
        else "There is no chapter yet: run .venv/bin/python -m fieldapp init"
    )


def _said(reason: Reason) -> str:
    return reason.text % reason.values if reason.values else reason.text
