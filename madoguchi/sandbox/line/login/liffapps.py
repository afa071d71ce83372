"""The LIFF apps of a login channel (liff/v1/apps)."""

import secrets

from madoguchi.sandbox.line.errors import AccountNotEligible, InvalidBody, NotFound
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints
from madoguchi.sandbox.line.records import Json, LiffApp
from madoguchi.sandbox.line.validation.checks import Checker

endpoints = Endpoints()

MOST_APPS = 30
SIZES = frozenset({"compact", "tall", "full"})
SCOPES = frozenset({"openid", "email", "profile", "chat_message.write"})
FIELDS = ("view", "description", "features", "permanentLinkPattern", "scope", "botPrompt")
DEFAULT_SCOPE = ["profile", "chat_message.write"]


@endpoints.post("/liff/v1/apps")
async def add_app(call: Call) -> Answer:
    if call.channel.kind != "login":
        raise AccountNotEligible
    if len(_apps(call)) >= MOST_APPS:
        raise InvalidBody([(f"At most {MOST_APPS} LIFF apps", "view")])
    settings = _checked(call, call.json(), view_required=True)
    app = LiffApp(f"{call.channel.channel_id}-{secrets.token_hex(4)}", call.channel.channel_id, settings)
    call.world.liff_apps[app.liff_id] = app
    call.world.touch()
    return {"liffId": app.liff_id}


@endpoints.get("/liff/v1/apps")
async def list_apps(call: Call) -> Answer:
    apps = _apps(call)
    if not apps:
        raise NotFound
    return {"apps": [{"liffId": app.liff_id, **app.settings} for app in apps]}


@endpoints.put("/liff/v1/apps/{liffId}")
async def update_app(call: Call) -> Answer:
    """Only what is given changes, also inside `view`."""
    app = _named(call)
    changes = _checked(call, call.json(), view_required=False)
    if "view" in changes:
        changes["view"] = {**app.settings["view"], **changes["view"]}
    app.settings.update(changes)
    call.world.touch()
    return {}


@endpoints.delete("/liff/v1/apps/{liffId}")
async def delete_app(call: Call) -> Answer:
    del call.world.liff_apps[_named(call).liff_id]
    call.world.touch()
    return {}


def _apps(call: Call) -> list[LiffApp]:
    return [app for app in call.world.liff_apps.values() if app.channel_id == call.channel.channel_id]


def _named(call: Call) -> LiffApp:
    app = call.world.liff_apps.get(call.path("liffId"))
    if app is None or app.channel_id != call.channel.channel_id:
        raise NotFound
    return app


def _checked(call: Call, body: Json, *, view_required: bool) -> Json:
    checker = Checker(call.emulator.accepts_url)
    if view := checker.object(body, "view", "", required=view_required):
        checker.choice(view, "type", "view", SIZES, required=view_required)
        checker.url(view, "url", "view", required=view_required)
    checker.text(body, "description", "", 100, required=False)
    checker.choice(body, "botPrompt", "", {"normal", "aggressive", "none"}, required=False)
    scope = body.get("scope")
    if scope is not None and not (isinstance(scope, list) and all(isinstance(each, str) for each in scope)):
        checker.add("Must be an array", "scope")
    elif scope is not None and not set(scope) <= SCOPES:
        checker.add(f"Must be one of the following values: [{', '.join(sorted(SCOPES))}]", "scope")
    checker.raise_if_any()
    settings = {name: body[name] for name in FIELDS if body.get(name) is not None}
    if view_required:
        settings.setdefault("scope", DEFAULT_SCOPE)
    return settings
