"""What is misconfigured, in plain words, with what to do about it: `madoguchi doctor`."""

import asyncio
import datetime as dt
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http.request import validate_host
from django.utils import timezone

from madoguchi.channels.errors import AccessTokenRefused, ChannelError, Gone
from madoguchi.channels.line.client import Access, LineClient
from madoguchi.channels.models import Account, OutboundMessage
from madoguchi.intake.models import RawEvent

OLDEST_POSTGRESQL = 15
_CLOCK_SECONDS = 5
_SILENT_WORKER_SECONDS = 30
_LATE = dt.timedelta(minutes=2)
_DISK_MB = 2_000


class Grade(Enum):
    GOOD = "✓"
    ODD = "!"
    BAD = "✗"


@dataclass(frozen=True)
class Finding:
    grade: Grade
    fact: str
    advice: str = ""
    """What to do; empty when all is well."""


def examine(*, ask_line: bool = True) -> Iterator[Finding]:
    """All checks, each finding as soon as it is known. Without a usable database the rest cannot be checked."""
    yield from examine_settings()
    yield from examine_disk()
    try:
        findings = list(examine_database())
        yield from findings
        if all(finding.grade is not Grade.BAD for finding in findings):
            yield from examine_worker()
            yield from examine_backlog()
            yield from examine_accounts(ask_line=ask_line)
    except Error as error:
        yield Finding(Grade.BAD, f"The database fails: {_first_line(error)}", "Look into the log of PostgreSQL.")


def examine_settings() -> Iterator[Finding]:
    if len(settings.SECRET_KEY) < 32:
        yield Finding(
            Grade.BAD,
            "MADOGUCHI_SECRET_KEY is short enough to be guessed.",
            "Make one of 50 random characters; put the old one into MADOGUCHI_SECRET_KEY_FALLBACKS.",
        )
    else:
        yield Finding(Grade.GOOD, "The secret key is long enough.")
    base = urlsplit(settings.BASE_URL)
    local = base.hostname in ("localhost", "127.0.0.1", "::1")
    if base.scheme == "http" and not local:
        yield Finding(
            Grade.BAD,
            f"MADOGUCHI_BASE_URL is {settings.BASE_URL}, without TLS: LINE sends webhooks only to https.",
            "Put a proxy with a certificate in front and begin the address with https.",
        )
    elif local:
        yield Finding(
            Grade.ODD,
            f"MADOGUCHI_BASE_URL is {settings.BASE_URL}: fine for the sandbox, out of reach for LINE.",
            "For a real account set it to the public address.",
        )
    else:
        yield Finding(Grade.GOOD, f"The public address is {settings.BASE_URL}.")
    if not validate_host(base.hostname or "", settings.ALLOWED_HOSTS):
        yield Finding(
            Grade.BAD,
            f"MADOGUCHI_ALLOWED_HOSTS does not contain {base.hostname}, so every page there is refused.",
            f"Add it: MADOGUCHI_ALLOWED_HOSTS={','.join([*settings.ALLOWED_HOSTS, base.hostname or ''])}",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Finding(Grade.ODD, "MADOGUCHI_ALLOWED_HOSTS allows any host.", "Name the hosts that are yours.")
    if "*" in settings.TRUSTED_PROXIES:
        yield Finding(
            Grade.ODD,
            "MADOGUCHI_TRUSTED_PROXIES trusts everybody, so anybody can pretend to come from anywhere.",
            "Name the address of your proxy.",
        )
    if settings.DEBUG:
        yield Finding(
            Grade.ODD,
            "MADOGUCHI_DEBUG is on: errors show source code to whoever meets them.",
            "Unset it in production.",
        )


def examine_disk() -> Iterator[Finding]:
    folder = settings.VAR
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        yield Finding(
            Grade.BAD,
            f"The data folder {folder} is missing or cannot be written to.",
            "Create it for the account that runs Madoguchi, or set MADOGUCHI_VAR.",
        )
        return
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < _DISK_MB:
        yield Finding(Grade.BAD, f"The disk of {folder} has {free} MB left.", "Make room: media would be lost.")
    else:
        yield Finding(Grade.GOOD, f"The disk of {folder} has {free // 1000} GB left.")


def examine_database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int / 10000, now(), pg_encoding_to_char(encoding)"
                " FROM pg_database WHERE datname = current_database()"
            )
            version, now, encoding = cursor.fetchone()
    except Error as error:
        yield Finding(
            Grade.BAD,
            f"The database cannot be reached: {_first_line(error)}",
            "Is PostgreSQL running, and is MADOGUCHI_DATABASE_URL right?",
        )
        return
    if version < OLDEST_POSTGRESQL:
        yield Finding(
            Grade.BAD, f"PostgreSQL {version} is too old.", f"Madoguchi needs PostgreSQL {OLDEST_POSTGRESQL} or newer."
        )
    else:
        yield Finding(Grade.GOOD, f"PostgreSQL {version} answers.")
    if encoding != "UTF8":
        yield Finding(Grade.BAD, f"The database is in {encoding}.", "Create it with ENCODING 'UTF8'.")
    skew = abs((timezone.now() - now).total_seconds())
    if skew > _CLOCK_SECONDS:
        yield Finding(
            Grade.BAD,
            f"The clocks of this machine and of the database differ by {skew:.0f} s: waiting times would be wrong.",
            "Let both set their clock by NTP.",
        )
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        yield Finding(Grade.BAD, f"{len(pending)} migrations have not been run.", "Run `madoguchi migrate`.")
    else:
        yield Finding(Grade.GOOD, "The tables are up to date.")


def examine_worker() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [_SILENT_WORKER_SECONDS],
        )
        (alive,) = cursor.fetchone()
    if alive:
        yield Finding(Grade.GOOD, f"Workers at work: {alive}.")
    else:
        yield Finding(
            Grade.BAD,
            "No worker has given a sign of life for half a minute: messages come in but reach no screen, answers stay here.",
            "Start `madoguchi worker`, or look into its log.",
        )


def examine_backlog() -> Iterator[Finding]:
    late = timezone.now() - _LATE
    waiting = RawEvent.objects.filter(state=RawEvent.State.NEW, received_at__lt=late).count()
    parked = RawEvent.objects.filter(state=RawEvent.State.PARKED).count()
    queued = OutboundMessage.objects.filter(state=OutboundMessage.State.QUEUED, due_at__lt=late).count()
    if waiting:
        yield Finding(
            Grade.BAD, f"{waiting} events have waited for minutes.", "Is a worker running, and does it keep up?"
        )
    if queued:
        yield Finding(
            Grade.ODD, f"{queued} answers should have been sent minutes ago.", "See the banner in the console."
        )
    if parked:
        yield Finding(
            Grade.ODD, f"{parked} events could not be handled.", "Look at them in the console and press “Try again”."
        )
    if not (waiting or queued or parked):
        yield Finding(Grade.GOOD, "Nothing is left behind.")


def examine_accounts(*, ask_line: bool) -> Iterator[Finding]:
    secrets = ("channel_secret", "access_token")
    accounts = list(Account.objects.filter(is_active=True).defer(*secrets))
    if not accounts:
        yield Finding(Grade.ODD, "No LINE account is connected.", "docs/production.md says how, step by step.")
    usable: list[Account] = []
    for account in accounts:
        try:
            account.refresh_from_db(fields=secrets)
            usable.append(account)
        except ImproperlyConfigured:
            yield Finding(
                Grade.BAD,
                f"{account.name}: its secret or token was encrypted under another key, so nothing comes in or goes out.",
                "Put the former MADOGUCHI_SECRET_KEY into MADOGUCHI_SECRET_KEY_FALLBACKS, or enter both again.",
            )
    if usable and ask_line:
        yield from asyncio.run(_ask_about(usable))


async def _ask_about(accounts: Iterable[Account]) -> list[Finding]:
    async with LineClient() as line:
        return [finding for account in accounts for finding in await _ask_about_one(line, account)]


async def _ask_about_one(line: LineClient, account: Account) -> list[Finding]:
    access, ours = Access.of(account), f"{settings.BASE_URL}/hooks/line/{account.public_id}"

    def bad(fact: str, advice: str) -> Finding:
        return Finding(Grade.BAD, f"{account.name}: {fact}", advice)

    try:
        info = await line.bot_info(access)
    except AccessTokenRefused:
        return [
            bad("LINE refuses the access token.", "Issue a new one in the LINE Developers Console and enter it here.")
        ]
    except ChannelError as error:
        return [bad(f"LINE cannot be asked: {error}", f"Can this machine reach {account.api_base}?")]
    if account.bot_user_id and info.get("userId") != account.bot_user_id:
        return [bad("the access token belongs to another account.", "Enter token and secret of the same channel.")]
    try:
        webhook = await line.webhook(access)
        if webhook.address != ours:
            return [bad(f"LINE sends its events to {webhook.address}.", f"Set the webhook URL to {ours}")]
        if not webhook.active:
            return [
                bad("the webhook is switched off at LINE.", "Switch “Use webhook” on in the LINE Developers Console.")
            ]
        trouble = await line.test_webhook(access)
    except Gone:
        return [bad("no webhook URL is set at LINE.", f"Set it to {ours}")]
    except ChannelError as error:
        return [bad(f"the webhook cannot be examined: {error}", "Try again in a minute.")]
    if trouble:
        return [bad(f"LINE cannot deliver to {ours}: {trouble}", "Is it reachable from outside, and the secret right?")]
    return [Finding(Grade.GOOD, f"{account.name}: token, webhook and secret work.")]


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
