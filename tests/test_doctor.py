"""What the doctor says, and that each thing it says comes with what to do."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from madoguchi import doctor
from madoguchi.doctor import Finding, Grade
from madoguchi.intake.models import RawEvent
from tests import make
from tests.line_sandbox import line_sandbox

Set = Callable[..., None]


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Set:
    def set_values(**values: Any) -> None:
        for name, value in values.items():
            monkeypatch.setattr(settings, name, value)

    set_values(SECRET_KEY="k" * 50, BASE_URL="https://care.example.com", ALLOWED_HOSTS=["care.example.com"])
    return set_values


def said(findings: Iterator[Finding], *grades: Grade) -> str:
    return "\n".join(f"{finding.fact} {finding.advice}" for finding in findings if finding.grade in grades)


def test_good_settings_need_no_advice(configured: Set) -> None:
    assert said(doctor.examine_settings(), Grade.ODD, Grade.BAD) == ""


@pytest.mark.parametrize(
    ("values", "grade", "words"),
    [
        ({"SECRET_KEY": "short"}, Grade.BAD, "MADOGUCHI_SECRET_KEY_FALLBACKS"),
        ({"BASE_URL": "http://care.example.com"}, Grade.BAD, "without TLS"),
        ({"BASE_URL": "http://localhost:8000", "ALLOWED_HOSTS": ["localhost"]}, Grade.ODD, "out of reach for LINE"),
        ({"ALLOWED_HOSTS": ["localhost"]}, Grade.BAD, "MADOGUCHI_ALLOWED_HOSTS=localhost,care.example.com"),
        ({"ALLOWED_HOSTS": ["*"]}, Grade.ODD, "allows any host"),
        ({"TRUSTED_PROXIES": ["*"]}, Grade.ODD, "trusts everybody"),
        ({"DEBUG": True}, Grade.ODD, "Unset it in production"),
    ],
)
def test_doubtful_settings_are_named(configured: Set, values: dict[str, Any], grade: Grade, words: str) -> None:
    configured(**values)

    assert words in said(doctor.examine_settings(), grade)


def test_missing_data_folder_is_named(configured: Set, tmp_path: Path) -> None:
    configured(VAR=tmp_path / "nowhere")

    assert str(tmp_path / "nowhere") in said(doctor.examine_disk(), Grade.BAD)


@pytest.mark.django_db
def test_migrated_database_is_good() -> None:
    assert said(doctor.examine_database(), Grade.BAD) == ""


@pytest.mark.django_db
def test_pending_migrations_are_counted() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'intake'")

    assert "Run `madoguchi migrate`" in said(doctor.examine_database(), Grade.BAD)


@pytest.mark.django_db
def test_silent_workers_are_missed() -> None:
    assert "No worker" in said(doctor.examine_worker(), Grade.BAD)

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")

    assert "Workers at work: 1." in said(doctor.examine_worker(), Grade.GOOD)


@pytest.mark.django_db
def test_events_left_behind_are_counted() -> None:
    account = make.world().account
    long_ago = timezone.now() - dt.timedelta(hours=1)
    for number, state in enumerate(
        [RawEvent.State.NEW, RawEvent.State.NEW, RawEvent.State.PARKED, RawEvent.State.DONE]
    ):
        RawEvent.objects.create(account=account, event_id=str(number), payload={}, received_at=long_ago, state=state)

    findings = list(doctor.examine_backlog())

    assert "2 events have waited" in said(iter(findings), Grade.BAD)
    assert "1 events could not be handled" in said(iter(findings), Grade.ODD)


@contextmanager
def entrance(status: int) -> Iterator[str]:
    """A web server that answers every webhook with this status."""

    class Entrance(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Entrance) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.django_db
def test_accounts_are_tried_at_line(configured: Set) -> None:
    assert "No LINE account" in said(doctor.examine_accounts(ask_line=True), Grade.ODD)
    account = make.account()

    def diagnosis() -> str:
        return said(doctor.examine_accounts(ask_line=True), Grade.GOOD, Grade.BAD)

    with line_sandbox() as sandbox, entrance(200) as good, entrance(500) as broken:

        def set_webhook(address: str, *, active: bool = True) -> None:
            channel = {"channelId": account.channel_id, "webhookUrl": address, "webhookActive": active}
            sandbox.call("POST", "/sandbox/channels", channel)

        sandbox.open_for(account)
        configured(BASE_URL=good)
        ours = f"{good}/hooks/line/{account.public_id}"

        assert f"Set it to {ours}" in diagnosis() or f"Set the webhook URL to {ours}" in diagnosis()
        set_webhook(f"{good}/elsewhere")
        assert f"Set the webhook URL to {ours}" in diagnosis()
        set_webhook(ours, active=False)
        assert "switched off at LINE" in diagnosis()
        set_webhook(ours)
        assert "token, webhook and secret work" in diagnosis()

        configured(BASE_URL=broken)
        set_webhook(f"{broken}/hooks/line/{account.public_id}")
        assert "LINE cannot deliver" in diagnosis()

        sandbox.use_token(account, "another")
        assert "refuses the access token" in diagnosis()

    assert "cannot be asked" in diagnosis()


@pytest.mark.django_db
def test_an_account_whose_secrets_cannot_be_read_is_named_and_the_others_are_tried() -> None:
    lost, account = make.account("失鑰"), make.account()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE channels_account SET access_token = 'of another key' WHERE id = %s", [lost.pk])

    with line_sandbox() as sandbox:
        sandbox.open_for(account)
        findings = list(doctor.examine_accounts(ask_line=True))

    assert [finding.fact.partition(":")[0] for finding in findings] == ["失鑰", account.name]
    assert "MADOGUCHI_SECRET_KEY_FALLBACKS" in findings[0].advice
