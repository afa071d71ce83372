"""The two shapes of refusal: Messaging API (`message`, `details`) and OAuth (`error`, `error_description`).

LINE's texts are not contractual, but tools print them, so the documented ones are given (error-messages).
"""

from typing import Any

Problem = tuple[str, str]
"""A text and the property that it is about, e.g. ("May not be empty", "messages[0].text")."""


class LineError(Exception):
    """An answer of the Messaging API that is not a success."""

    def __init__(
        self,
        status: int,
        message: str,
        problems: list[Problem] | None = None,
        *,
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body: dict[str, Any] = {"message": message}
        if problems:
            self.body["details"] = [{"message": text, "property": where} for text, where in problems]
        self.body.update(extra or {})


class OAuthError(LineError):
    """A refusal of a token or login endpoint."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(status, description)
        self.body = {"error": error, "error_description": description}


class InvalidBody(LineError):
    """400 with the list of what is wrong in the request body."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(400, f"The request body has {len(problems)} error(s)", problems)


class Unauthorized(LineError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            401,
            f"Authentication failed due to the following reason: {reason}. "
            "Confirm that the access token in the authorization header is valid.",
        )


class RateLimited(LineError):
    def __init__(self) -> None:
        super().__init__(429, "The API rate limit has been exceeded. Try again later.")


class QuotaExceeded(LineError):
    def __init__(self) -> None:
        super().__init__(429, "You have reached your monthly limit.")


class NotFound(LineError):
    def __init__(self, message: str = "Not found") -> None:
        super().__init__(404, message)


class AccountNotEligible(LineError):
    def __init__(self) -> None:
        super().__init__(403, "Access to this API is not available for your account")


def invalid_property(name: str) -> LineError:
    return LineError(400, f"The property, {name}, in the request body is invalid (line: -, column: -)")
