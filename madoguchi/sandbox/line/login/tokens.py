"""The token endpoints of LINE Login v2.1, and what a user's token opens: profile, friendship, userinfo."""

from typing import Any

from aiohttp import web

from madoguchi.sandbox.line.api.users import profile
from madoguchi.sandbox.line.errors import OAuthError, Unauthorized
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints
from madoguchi.sandbox.line.records import AccessToken, Json

from . import grants, jwt
from .channeltokens import describe, issue_by_assertion, live_token

endpoints = Endpoints()


@endpoints.post("/oauth2/v2.1/token", needs_token=False)
async def token(call: Call) -> Answer:
    """Three grants share this path: a login code, a refresh token, a channel's assertion."""
    form = call.form()
    match form.get("grant_type"):
        case "authorization_code":
            return grants.redeem_code(call, form)
        case "refresh_token":
            return grants.refresh(call, form)
        case "client_credentials":
            return issue_by_assertion(call, form)
    raise OAuthError("unsupported_grant_type", "unsupported grant_type")


@endpoints.get("/oauth2/v2.1/verify", needs_token=False)
async def verify_access_token(call: Call) -> Answer:
    return describe(call, live_token(call, call.query("access_token")))


@endpoints.post("/oauth2/v2.1/verify", needs_token=False)
async def verify_id_token(call: Call) -> Answer:
    """The payload of a valid id token (verify-id-token)."""
    form = call.form()
    raw, client_id = form.get("id_token", ""), form.get("client_id", "")
    channel = call.world.channels.get(client_id)
    if not raw or channel is None:
        raise OAuthError("invalid_request", "Invalid IdToken." if client_id else "client_id is required")
    try:
        payload = jwt.decode(raw, secret=channel.secret)
    except jwt.InvalidToken:
        raise OAuthError("invalid_request", "Invalid IdToken.") from None
    checks: list[tuple[Any, Any, str]] = [
        (payload.get("iss"), grants.ISSUER, "Invalid IdToken Issuer."),
        (payload.get("aud"), client_id, "Invalid IdToken Audience."),
        (payload.get("nonce"), form.get("nonce", payload.get("nonce")), "Invalid IdToken Nonce."),
        (payload.get("sub"), form.get("user_id", payload.get("sub")), "Invalid IdToken Subject Identifier."),
    ]
    for found, expected, problem in checks:
        if found != expected:
            raise OAuthError("invalid_request", problem)
    if payload["exp"] <= call.world.clock.now():
        raise OAuthError("invalid_request", "IdToken expired.")
    return payload


@endpoints.get("/oauth2/v2.1/certs", needs_token=False)
async def certificates(_: Call) -> Answer:
    return jwt.public_keys()


@endpoints.post("/oauth2/v2.1/revoke", needs_token=False)
async def revoke(call: Call) -> Answer:
    """A user's token, or a v2.1 channel token; 200 even when there is none."""
    form = call.form()
    channel = call.world.channels.get(form.get("client_id", ""))
    if channel is None:
        raise OAuthError("invalid_request", "invalid client_id")
    if form.get("client_secret", channel.secret) != channel.secret:
        raise OAuthError("invalid_client", "invalid client_secret")
    found = call.world.access_tokens.get(form.get("access_token", ""))
    if found and found.channel_id == channel.channel_id and found.kind in ("login", "v2.1"):
        del call.world.access_tokens[found.token]
        call.world.touch()
    return {}


@endpoints.get("/v2/profile", needs_token=False)
async def get_profile(call: Call) -> Answer:
    token = _user_token(call, "profile")
    world = call.world
    found = profile(world, world.people[token.person_id], world.channels[token.channel_id].provider)
    found.pop("language", None)
    return found


@endpoints.get("/oauth2/v2.1/userinfo", needs_token=False)
@endpoints.post("/oauth2/v2.1/userinfo", needs_token=False)
async def user_info(call: Call) -> Answer:
    token = _user_token(call, "openid")
    world = call.world
    person, channel = world.people[token.person_id], world.channels[token.channel_id]
    found: Json = {"sub": world.user_id(person, channel.provider)}
    if "profile" in token.scope.split():
        found["name"] = person.name
        if person.picture_url:
            found["picture"] = person.picture_url
    return found


@endpoints.get("/friendship/v1/status", needs_token=False)
async def friendship_status(call: Call) -> Answer:
    """Friend, and not blocking, of the one account that is linked to the login channel (get-friendship-status)."""
    token = _user_token(call, "profile")
    bot = call.world.bot_of(call.world.channels[token.channel_id])
    if bot is None:
        raise OAuthError("invalid_request", "There is no login bot linked to this channel.")
    return {"friendFlag": call.world.friendship(bot, token.person_id).state == "friend"}


@endpoints.post("/user/v1/deauthorize")
async def deauthorize(call: Call) -> Answer:
    """Take back everything that a user granted to the channel; 204 (deauthorize)."""
    tokens = call.world.access_tokens
    token = tokens.get(str(call.json().get("userAccessToken")))
    if token is None or not token.person_id or token.channel_id != call.channel.channel_id:
        raise OAuthError("invalid_request", "userAccessToken is invalid")
    for each in [
        each for each in tokens.values() if (each.person_id, each.channel_id) == (token.person_id, token.channel_id)
    ]:
        del tokens[each.token]
    call.world.touch()
    return web.Response(status=204)


def _user_token(call: Call, scope: str) -> AccessToken:
    """The login user's token in the Authorization header; 401 when it is none, 403 without the scope."""
    scheme, _, value = call.request.headers.get("Authorization", "").partition(" ")
    token = call.world.access_tokens.get(value) if scheme.lower() == "bearer" else None
    if token is None or not token.person_id:
        raise Unauthorized("invalid token")
    if token.expires_at is not None and token.expires_at <= call.world.clock.now():
        raise Unauthorized("The access token expired")
    if scope not in token.scope.split():
        raise OAuthError("insufficient_scope", f"The scope {scope} is required", status=403)
    return token
