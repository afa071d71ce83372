"""The pages of access.line.me: logging in (with a choice of person) and linking an account."""

from html import escape
from urllib.parse import urlencode, urlsplit, urlunsplit

from aiohttp import web

from madoguchi.sandbox.line import phone
from madoguchi.sandbox.line.emulator import EMULATOR, Emulator
from madoguchi.sandbox.line.records import Channel, Person

from . import grants
from .html import failed, hidden, page, say

routes = web.RouteTableDef()

COOKIE = "sandbox_person"
SCOPES = frozenset({"openid", "profile", "email"})
LINK_TOKEN_SECONDS = 10 * 60


@routes.get("/oauth2/v2.1/authorize")
async def authorize(request: web.Request) -> web.StreamResponse:
    """The authorization request of LINE Login. `person` in the query answers at once, for tests and phones;
    so does `prompt=none` with the person of the last time."""
    emulator, asked = request.app[EMULATOR], dict(request.query)
    channel = emulator.world.channels.get(asked.get("client_id", ""))
    if problem := _problem(emulator, channel, asked):
        return failed(request, problem)
    assert channel, "a request without problems names a channel"
    person = emulator.world.people.get(asked.get("person", ""))
    if person is None and asked.get("prompt") == "none":
        person = emulator.world.people.get(request.cookies.get(COOKIE, ""))
        if person is None:
            return _back(asked, {"error": "login_required", "error_description": "User interaction is required."})
    if person:
        return _logged_in(emulator, channel, person, asked, add=False)
    return page(request, say(request, "login", name=channel.name), _picker(request, emulator, channel, asked))


@routes.post("/oauth2/v2.1/authorize")
async def authorized(request: web.Request) -> web.StreamResponse:
    emulator = request.app[EMULATOR]
    asked = {name: str(value) for name, value in (await request.post()).items()}
    channel = emulator.world.channels.get(asked.get("client_id", ""))
    if problem := _problem(emulator, channel, asked):
        return failed(request, problem)
    assert channel, "a request without problems names a channel"
    if asked.get("answer") != "yes":
        return _back(asked, {"error": "access_denied", "error_description": "The user denied the request."})
    person = emulator.world.people.get(asked.get("person", ""))
    if person is None:
        return failed(request, "person")
    return _logged_in(emulator, channel, person, asked, add="add" in asked)


def _problem(emulator: Emulator, channel: Channel | None, asked: dict[str, str]) -> str:
    """What is wrong with an authorization request: LINE shows it to the user instead of redirecting."""
    if channel is None or channel.kind != "login":
        return "client_id"
    redirect = asked.get("redirect_uri", "")
    if not redirect or (channel.callback_urls and redirect.partition("?")[0] not in channel.callback_urls):
        return "redirect_uri"
    if not emulator.accepts_url(redirect):
        return "redirect_uri"
    if asked.get("response_type") != "code":
        return "response_type"
    if not asked.get("state"):
        return "state"
    scopes = asked.get("scope", "").split()
    if not scopes or not set(scopes) <= SCOPES:
        return "scope"
    if asked.get("code_challenge_method", "S256") != "S256":
        return "code_challenge_method"
    return ""


def _picker(request: web.Request, emulator: Emulator, channel: Channel, asked: dict[str, str]) -> str:
    people = [each for each in emulator.world.people.values() if not each.deleted]
    last = request.cookies.get(COOKIE)
    choices = "".join(
        f'<label><input type="radio" name="person" value="{escape(each.person_id)}" required'
        f"{' checked' if each.person_id == last else ''}>"
        + (f'<img src="{escape(each.picture_url)}" alt="">' if each.picture_url else "")
        + f"{escape(each.name)}</label>"
        for each in people[:50]
    )
    add = ""
    bot = emulator.world.bot_of(channel)
    if bot and asked.get("bot_prompt") in ("normal", "aggressive"):
        add = f'<label><input type="checkbox" name="add" checked>{say(request, "add", name=bot.name)}</label>'
    return (
        f'<form method="post" action="/oauth2/v2.1/authorize"><p>{say(request, "who")}</p>{hidden(asked)}{choices}{add}'
        f'<div><button name="answer" value="yes">{say(request, "allow")}</button>'
        f'<button name="answer" value="no" formnovalidate>{say(request, "cancel")}</button></div></form>'
    )


def _logged_in(
    emulator: Emulator, channel: Channel, person: Person, asked: dict[str, str], *, add: bool
) -> web.StreamResponse:
    answer = {}
    bot = emulator.world.bot_of(channel)
    if bot and asked.get("bot_prompt"):
        was_friend = emulator.world.friendship(bot, person.person_id).state == "friend"
        if add and not was_friend:
            phone.add_friend(emulator, bot, person)
        answer["friendship_status_changed"] = str(add and not was_friend).lower()
    answer["code"] = grants.issue_code(
        emulator.world,
        channel,
        person,
        redirect_uri=asked["redirect_uri"],
        scope=" ".join(asked["scope"].split()),
        nonce=asked.get("nonce", ""),
        challenge=asked.get("code_challenge", ""),
    )
    found = _back(asked, answer)
    found.set_cookie(COOKIE, person.person_id, httponly=True, samesite="Lax")
    return found


def _back(asked: dict[str, str], answer: dict[str, str]) -> web.Response:
    target = with_query(asked["redirect_uri"], {**answer, "state": asked["state"]})
    return web.Response(status=302, headers={"Location": target})


def with_query(url: str, values: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(values))))
    return urlunsplit(parts._replace(query=query))


@routes.get("/dialog/bot/accountLink")
async def account_link(request: web.Request) -> web.StreamResponse:
    """Where the service sends the person after its own login, with `linkToken` and `nonce` (linking-accounts)."""
    emulator = request.app[EMULATOR]
    asked = {name: request.query.get(name, "") for name in ("linkToken", "nonce")}
    found = _link_of(emulator, asked)
    if found is None:
        return page(request, "LINE", f"<p>{say(request, 'expired')}</p>", status=400)
    channel, person = found
    content = (
        f'<form method="post"><p>{say(request, "link_explain", person=person.name)}</p>{hidden(asked)}'
        f'<div><button name="answer" value="yes">{say(request, "confirm")}</button></div></form>'
    )
    return page(request, say(request, "link", name=channel.name), content)


@routes.post("/dialog/bot/accountLink")
async def account_linked(request: web.Request) -> web.StreamResponse:
    """Sends the accountLink event; an unusable token shows an error and sends none. A bad nonce makes it `failed`."""
    emulator = request.app[EMULATOR]
    asked = {name: str(value) for name, value in (await request.post()).items()}
    found = _link_of(emulator, asked)
    if found is None:
        return page(request, "LINE", f"<p>{say(request, 'expired')}</p>", status=400)
    channel, person = found
    emulator.world.link_tokens[asked["linkToken"]].used = True
    emulator.world.touch()
    nonce = asked.get("nonce", "")
    linked = 10 <= len(nonce) <= 255
    # A failed link has no source (webhook-event-objects).
    event = {"link": {"result": "ok" if linked else "failed", "nonce": nonce}} | ({} if linked else {"source": None})
    phone.emit(emulator, channel, person, "accountLink", event)
    return page(request, say(request, "link", name=channel.name), "<p>✓</p>")


def _link_of(emulator: Emulator, asked: dict[str, str]) -> tuple[Channel, Person] | None:
    world = emulator.world
    token = world.link_tokens.get(asked.get("linkToken", ""))
    if token is None or token.used or world.clock.now() - token.issued_at > LINK_TOKEN_SECONDS:
        return None
    return world.channels[token.channel_id], world.people[token.person_id]
