"""The start page: the two links and the tour of a demo, or, for the emulator alone, how to point a program at it."""

from __future__ import annotations

from typing import Any, Final

from madoguchi.sandbox.phones.markup import Page, escape

# The steps of the tour: where their button leads, a phone or a part of the console.
TOUR: Final = (
    ("write", "phone"),
    ("appear", "console"),
    ("answer", "console"),
    ("arrive", "phone"),
    ("scan", "phone"),
    ("shift", "console"),
    ("more", "console"),
)


def demo_page(page: Page, demo: dict[str, Any]) -> str:
    """The start page of a demo; `demo` is what `setup` describes."""
    console = str(demo.get("console", ""))
    phones = [str(person) for person in demo.get("phones", [])]
    first = page.to(f"/phones?p={','.join(phones[:1])}" if phones else "/phones")
    return page.fill(
        "start.html",
        console=escape(console),
        phones=page.to("/phones"),
        logins="".join(_login(login) for login in demo.get("logins", [])),
        steps="".join(
            _step(page, number, name, first if place == "phone" else escape(console), place)
            for number, (name, place) in enumerate(TOUR, start=1)
        ),
    )


def emulator_page(page: Page, origin: str) -> str:
    """The start page of the emulator alone, with commands that work when copied."""
    return page.fill("emulator.html", origin=escape(origin), phones=page.to("/phones"))


def _login(login: dict[str, str]) -> str:
    name, role, username, password = (escape(login[key]) for key in ("name", "role", "username", "password"))
    return (
        f'<tr><th scope="row">{name}<small>{role}</small></th>'
        f"<td><code>{username}</code></td><td><code>{password}</code></td></tr>"
    )


def _step(page: Page, number: int, name: str, address: str, place: str) -> str:
    return (
        f'<li data-step="{name}"><span class="number" aria-hidden="true">{number}</span>'
        f"<div><h3>{page.say(f'tour.{name}')}</h3><p>{page.say(f'tour.{name}.text')}</p></div>"
        f'<a class="quiet" href="{address}" target="madoguchi-{place}">{page.say(f"tour.to.{place}")}</a></li>'
    )
