"""`GET /health`: for the supervisor and for load balancers. 200 when this process can serve a page, else 503."""

from collections.abc import Awaitable, Callable

from django.db import Error, connection

from madoguchi.kit.asgi import Send, answer


def _ask_database() -> str | None:
    """What is wrong, or None."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "The database cannot be reached."
    return None


async def respond(send: Send, run: Callable[[Callable[[], str | None]], Awaitable[str | None]]) -> None:
    """`run` does blocking work in the pool that renders pages, so that a full pool shows here too."""
    wrong = await run(_ask_database)
    await answer(send, 503 if wrong else 200, f"{wrong or 'ok'}\n".encode())
