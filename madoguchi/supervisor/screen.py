"""What the person at the terminal sees: what is being done, then where to go."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text


class Screen:
    """Short lines; a line that is still being worked on moves only where there is a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._working = Text()
        self._live: Live | None = None

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """`… title`, replaced by `✓ title 0.4 s` when the block ends without an error."""
        started = time.monotonic()
        self._working = Text(f"  … {title}", style="dim")
        with Live(
            self._working, console=self._console, transient=True, auto_refresh=False, redirect_stdout=False
        ) as live:
            self._live = live
            live.refresh()
            yield
        self._live = None
        self._console.print(f"  [green]✓[/] {title} [dim]{time.monotonic() - started:.1f} s[/]")

    def working(self, words: str) -> None:
        """Say more about the step that is under way."""
        if self._live:
            self._working.plain = f"  … {words}"
            self._live.refresh()
        else:
            self.say(words)

    def say(self, sentence: str) -> None:
        self._console.print(f"  {sentence}", markup=False, soft_wrap=True)

    def ready(self, *, console_url: str, sandbox_url: str | None, logins: list[dict[str, Any]], seconds: float) -> None:
        out = self._console
        out.print(f"\n  [bold]Madoguchi is ready[/] [dim]({seconds:.1f} s)[/]\n")
        places = Table.grid(padding=(0, 3))
        if sandbox_url:
            places.add_row("  Start here", _link(sandbox_url), "[dim]things to try, step by step[/]")
            places.add_row("  Phones", _link(f"{sandbox_url}/phones"), "[dim]be the customer[/]")
        places.add_row("  Console", _link(console_url), "[dim]be the staff[/]")
        out.print(places)
        if logins:
            people = Table.grid(padding=(0, 3))
            for login in logins:
                people.add_row(
                    f"  {login['username']}", login["password"], f"[dim]{login['name']} · {login['role']}[/]"
                )
            out.print("\n  Sign in to the console as")
            out.print(people)
        out.print("\n  [dim]Ctrl-C stops everything. The data stay.[/]\n")


def _link(address: str) -> str:
    return f"[bold cyan][link={address}]{address}[/link][/]"
