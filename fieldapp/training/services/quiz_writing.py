"""Writing a course's quiz: each save is a version of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fieldapp.accounts.services import chapters
from fieldapp.core.actor import Actor
from fieldapp.core.db import db, lock, write
from fieldapp.core.errors import N_, Invalid
from fieldapp.training import policy
from fieldapp.training.models import QuizVersion
from fieldapp.training.services import courses

MOST, FEWEST_CHOICES, MOST_CHOICES = 20, 2, 5
LANGS = ("en", "es")
LONG = 500


def versions(actor: Actor, course_id: str) -> list[QuizVersion]:
    """The versions of a course's quiz, newest first, for those who may change the course. Raises NotFound, Forbidden."""
    course = courses.find(actor, course_id)
    policy.demand(policy.can_edit_course(actor, course.chapter_id))
    query = select(QuizVersion).where(QuizVersion.course_id == course_id).order_by(QuizVersion.number.desc())
    return list(db.session.scalars(query.limit(50)))


def save(actor: Actor, course_id: str, values: Mapping[str, str], base: int, now: int) -> QuizVersion:
    """Save the questions of the form as the next version; ``base`` is the version they were written from (0: none).

    Questions whose texts are all empty are left out; with none left the course has no quiz. Raises NotFound, Forbidden, Invalid.
    """
    course = courses.find(actor, course_id)
    policy.demand(policy.can_edit_course(actor, course.chapter_id))
    wrong: dict[str, str] = {}
    questions = _questions(values, wrong)
    pass_mark = _whole(values, "pass_mark", 1, 100, wrong, N_("A number between 1 and 100."))
    tries = _whole(values, "tries", 1, 20, wrong, N_("A number between 1 and 20."))
    if wrong:
        raise Invalid(fields=wrong)
    with write() as session:
        lock(session, [f"quiz of {course_id}"])
        last = select(QuizVersion).where(QuizVersion.course_id == course_id).order_by(QuizVersion.number.desc())
        newest = session.scalars(last.limit(1)).first()
        if (newest.number if newest else 0) != base:
            raise Invalid(
                fields={"base": N_("Somebody saved a newer version meanwhile. Compare before you save again.")}
            )
        made = QuizVersion(course_id=course_id, number=base + 1, questions=questions, pass_mark=pass_mark, tries=tries)
        made.counts_from = newest.counts_from if newest and values.get("keep") else made.number
        made.created_by, made.created_at = actor.person_id, now
        session.add(made)
        session.flush()
        chapters.touch(session, course.chapter_id)
    return made


def as_values(version: QuizVersion | None) -> dict[str, str]:
    """A version as its form shows it."""
    values = {"pass_mark": "80", "tries": "3"}
    if version is None:
        return values
    values |= {"pass_mark": str(version.pass_mark), "tries": str(version.tries)}
    for place, question in enumerate(version.questions):
        for lang in LANGS:
            values[f"q{place}_{lang}"] = question["text"][lang]
            values[f"q{place}_why_{lang}"] = question["why"][lang]
            for number, choice in enumerate(question["choices"]):
                values[f"q{place}_c{number}_{lang}"] = choice[lang]
        values[f"q{place}_right"] = str(question["right"])
    return values


def count_in(values: Mapping[str, str]) -> int:
    """How many questions a form holds."""
    return next((n for n in range(MOST, 0, -1) if values.get(f"q{n - 1}_en") or values.get(f"q{n - 1}_es")), 0)


def _questions(values: Mapping[str, str], wrong: dict[str, str]) -> list[dict[str, Any]]:
    made = []
    for place in range(MOST):
        name = f"q{place}"
        text = _both(values, name)
        choices = [_both(values, f"{name}_c{n}") for n in range(MOST_CHOICES)]
        why = _both(values, f"{name}_why")
        if not any((*text.values(), *why.values(), *(t for c in choices for t in c.values()))):
            continue
        right = values.get(f"{name}_right", "")
        kept = [(n, choice) for n, choice in enumerate(choices) if any(choice.values())]
        said = [text, *(choice for _, choice in kept), *([why] if any(why.values()) else [])]
        if any(not part[lang] for part in said for lang in LANGS):
            wrong[name] = N_("Write the question, each answer and the explanation in both languages, or in neither.")
        elif len(kept) < FEWEST_CHOICES:
            wrong[name] = N_("Give at least two answers to choose from.")
        elif right not in {str(n) for n, _ in kept}:
            wrong[name] = N_("Mark the answer that is right.")
        else:
            place_of = next(at for at, (n, _) in enumerate(kept) if str(n) == right)
            made.append({"text": text, "choices": [c for _, c in kept], "right": place_of, "why": why})
    return made


def _both(values: Mapping[str, str], name: str) -> dict[str, str]:
    return {lang: " ".join(values.get(f"{name}_{lang}", "").replace("\x00", "").split())[:LONG] for lang in LANGS}


def _whole(values: Mapping[str, str], name: str, low: int, high: int, wrong: dict[str, str], says: str) -> int:
    text = values.get(name, "").strip()
    if text.isascii() and text.isdigit() and len(text) <= 4 and low <= int(text) <= high:
        return int(text)
    wrong[name] = says
    return low
