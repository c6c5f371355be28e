"""Errors that a person or a client reads: one shape, with what happened, what is safe and what to do."""

from __future__ import annotations

from typing import Any


def N_(text: str) -> str:
    """Mark a message for translation; it is translated where it is shown."""
    return text


class ConfigError(Exception):
    """The environment asks for something unsafe or impossible."""


class DomainError(Exception):
    """A rule was not met. ``message``, ``safe`` and ``do`` are English msgids; ``values`` fill their %(name)s."""

    status = 409

    def __init__(
        self, code: str, message: str, *, safe: str = "", do: str = "", status: int | None = None, **values: Any
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.safe = safe
        self.do = do
        self.values = values
        if status is not None:
            self.status = status


class NotFound(DomainError):
    """It does not exist, or not for this actor: another chapter's things are not there."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            "not_found",
            N_("There is nothing here."),
            safe=N_("Nothing was changed."),
            do=N_("Go back, or start again from Today."),
        )


class Forbidden(DomainError):
    """The actor sees the thing but may not do this with it."""

    status = 403

    def __init__(self, code: str = "forbidden", message: str = "", do: str = "") -> None:
        super().__init__(
            code,
            message or N_("You may not do this."),
            safe=N_("Nothing was changed."),
            do=do or N_("Ask a coordinator or an admin of your chapter."),
        )


class StepUpNeeded(DomainError):
    """A fresh user verification is needed first (DESIGN 5)."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "step_up",
            N_("This needs your passkey once more."),
            safe=N_("Nothing was changed."),
            do=N_("Confirm with your passkey, then try again."),
        )


class Invalid(DomainError):
    """What was entered cannot be used. ``fields`` maps a field's name to its msgid."""

    status = 422

    def __init__(self, message: str = "", *, fields: dict[str, str] | None = None, **values: Any) -> None:
        super().__init__(
            "invalid",
            message or N_("Something here needs another look."),
            safe=N_("Nothing was saved yet."),
            do=N_("Correct the marked fields and save again."),
            **values,
        )
        self.fields = fields or {}


class Later(DomainError):
    """Not now: the same request is welcome after ``retry_after`` seconds."""

    status = 503

    def __init__(self, retry_after: int = 5) -> None:
        super().__init__(
            "unavailable",
            N_("The server is busy."),
            safe=N_("Nothing is lost."),
            do=N_("It is tried again by itself."),
        )
        self.retry_after = retry_after


def in_one_line(error: DomainError) -> str:
    """What a command prints (English): what happened, field by field, what is safe, what to do."""
    said = [error.message, *getattr(error, "fields", {}).values(), error.safe, error.do]
    return " ".join(text % error.values if error.values else text for text in said if text)
