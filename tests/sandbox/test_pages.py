"""The start page and the phones page over HTTP: languages, links, safe addresses, nothing inline."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from madoguchi.sandbox import phones
from madoguchi.sandbox.line.server import create_app
from madoguchi.sandbox.line.world import World
from madoguchi.sandbox.phones import assets, language
from tests.sandbox.conftest import listen

DEMO = {
    "console": "http://localhost:8000",
    "logins": [{"username": "aoi", "name": "<葵>", "role": "店員", "password": "pass & word"}],
    "phones": ["mei", "ken"],
}


@dataclass
class Site:
    """A running sandbox, and the file where a demo would describe itself."""

    url: str
    session: aiohttp.ClientSession
    demo_info: Path

    async def read(self, path: str) -> tuple[str, dict[str, str]]:
        async with self.session.get(self.url + path) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.text(), dict(answer.headers)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    app = create_app(World())
    demo_info = app[phones.DEMO_INFO] = tmp_path / "demo.json"
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    async with aiohttp.ClientSession() as session:
        yield Site(await listen(runner), session, demo_info)
    await runner.cleanup()


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        ("", "", "zh-Hant"),
        ("", "de-DE, fr;q=0.8", "zh-Hant"),
        ("", "en-US,en;q=0.9,ja;q=0.8", "en"),
        ("", "en;q=0.3, ja;q=0.9", "ja"),
        ("", "zh-CN", "zh-Hans"),
        ("", "zh-Hans-TW", "zh-Hans"),
        ("", "zh-HK, en", "zh-Hant"),
        ("", "ja;q=0, en;q=0.1", "en"),
        ("", "ja;q=none, en", "en"),
        ("ja", "en", "ja"),
        ("tlh", "en", "en"),
    ],
)
def test_the_language_asked_for_comes_before_the_languages_accepted(asked: str, accepted: str, chosen: str) -> None:
    assert language.choose(asked, accepted) == chosen


def test_every_language_has_the_same_texts_with_the_same_places() -> None:
    def places(texts: dict[str, str]) -> dict[str, list[str]]:
        return {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in texts.items()}

    expected = places(language.words(language.DEFAULT))

    for code in language.LANGUAGES:
        texts = language.words(code)
        assert places(texts) == expected
        assert all(text.strip() for text in texts.values())


def test_every_text_that_a_script_asks_for_exists() -> None:
    texts = language.words(language.DEFAULT)

    asked = {key for file in assets.FOLDER.glob("*.js") for key in re.findall(r'\bt\(\s*"([\w.-]+)"', file.read_text())}

    assert asked
    assert asked <= set(texts)


@pytest.mark.parametrize("path", ["/", "/phones"])
@pytest.mark.parametrize("code", list(language.LANGUAGES))
async def test_a_page_speaks_its_language_and_holds_nothing_inline(site: Site, path: str, code: str) -> None:
    body, headers = await site.read(f"{path}?lang={code}")

    policy = headers["Content-Security-Policy"]
    assert f'<html lang="{code}"' in body
    assert "{{" not in body
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", body)


async def test_assets_are_kept_for_a_year_under_an_address_of_their_content(site: Site) -> None:
    body, _ = await site.read("/phones")
    addresses = re.findall(r'(?:href|src)="(/phones/assets/[^"]+)"', body)

    for address in addresses:
        _, headers = await site.read(address)
        assert "immutable" in headers["Cache-Control"]
    _, headers = await site.read(f"{assets.PREFIX}/000000000000/main.js")

    assert len(addresses) > 5
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("name", ["nothing.js", "..%2fviews.py", "%2e%2e/views.py", "."])
async def test_only_assets_are_served(site: Site, name: str) -> None:
    address = URL(f"{site.url}{assets.address('')}{name}", encoded=True)
    async with site.session.get(address) as answer:
        assert answer.status == 404


async def test_without_a_demo_the_start_page_explains_the_emulator(site: Site) -> None:
    body, _ = await site.read("/?lang=en")

    assert "LINE emulator" in body
    assert f"curl -s {site.url}/sandbox/channels" in body


async def test_with_a_demo_the_start_page_shows_logins_and_the_tour(site: Site) -> None:
    site.demo_info.write_text(json.dumps(DEMO), "utf-8")

    body, _ = await site.read("/?lang=en")

    assert "&lt;葵&gt;" in body
    assert "<code>pass &amp; word</code>" in body
    assert body.count("data-step=") == 7
    assert 'href="/phones?p=mei&amp;lang=en"' in body
    assert 'href="http://localhost:8000"' in body


async def test_with_a_demo_the_phones_page_knows_its_people(site: Site) -> None:
    site.demo_info.write_text(json.dumps(DEMO), "utf-8")

    body, _ = await site.read("/phones")

    assert 'data-first="mei ken"' in body


async def test_a_line_link_of_this_origin_opens_the_phones(site: Site) -> None:
    path = "/R/oaMessage/%40one/?%E4%BD%A0%E5%A5%BD"

    async with site.session.get(URL(site.url + path, encoded=True), allow_redirects=False) as answer:
        target = answer.headers["Location"]

    assert answer.status == 302
    assert URL(target).path == "/phones"
    assert URL(target).query["link"] == f"https://line.me{path}"
