"""Channel access tokens: short-lived, stateless and v2.1 (channel-access-token)."""

import secrets

from madoguchi.sandbox.line.errors import OAuthError
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints
from madoguchi.sandbox.line.records import AccessToken, Channel, Json

from . import jwt

endpoints = Endpoints()

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 30 * 60
SHORT_LIVED_SECONDS = 30 * 86400
STATELESS_SECONDS = 15 * 60
MOST_LIVE = 30
UNLIMITED_SECONDS = 10 * 365 * 86400
"""What `expires_in` says for a long-lived token, which has no end; LINE documents no value."""


@endpoints.post("/v2/oauth/accessToken", needs_token=False)
async def issue_short_lived(call: Call) -> Answer:
    """30 days; the oldest of more than thirty is revoked."""
    form = call.form()
    _require_grant(form)
    channel = _by_secret(call, form)
    live = _live(call, channel, "short-lived")
    for old in live[: max(0, len(live) - MOST_LIVE + 1)]:
        del call.world.access_tokens[old.token]
    return _issued(_issue(call, channel, "short-lived", SHORT_LIVED_SECONDS), SHORT_LIVED_SECONDS)


@endpoints.post("/oauth2/v3/token", needs_token=False)
async def issue_stateless(call: Call) -> Answer:
    """15 minutes, as many as one likes, cannot be revoked."""
    form = call.form()
    _require_grant(form)
    channel = _by_assertion(call, form)[0] if "client_assertion" in form else _by_secret(call, form)
    return _issued(_issue(call, channel, "stateless", STATELESS_SECONDS), STATELESS_SECONDS)


def issue_by_assertion(call: Call, form: dict[str, str]) -> Json:
    """v2.1: as long as the assertion asks for, thirty at most at a time. Shares its path with LINE Login."""
    _require_grant(form)
    channel, payload = _by_assertion(call, form)
    seconds = payload.get("token_exp")
    if not isinstance(seconds, int) or not 0 < seconds <= SHORT_LIVED_SECONDS:
        raise OAuthError("invalid_request", "token_exp is invalid")
    if len(_live(call, channel, "v2.1")) >= MOST_LIVE:
        raise OAuthError("invalid_request", "The number of valid channel access tokens has reached the limit")
    token = _issue(call, channel, "v2.1", seconds)
    token.key_id = secrets.token_urlsafe(16)
    return {**_issued(token, seconds), "key_id": token.key_id}


@endpoints.get("/oauth2/v2.1/tokens/kid", needs_token=False)
async def list_key_ids(call: Call) -> Answer:
    channel, _ = _by_assertion(call, dict(call.request.query))
    return {"kids": [token.key_id for token in _live(call, channel, "v2.1")]}


@endpoints.post("/v2/oauth/verify", needs_token=False)
async def verify_short_lived(call: Call) -> Answer:
    token = live_token(call, call.form().get("access_token", ""))
    if token.person_id or token.kind == "v2.1":
        raise OAuthError("invalid_request", "access token is invalid")
    return describe(call, token)


@endpoints.post("/v2/oauth/revoke", needs_token=False)
async def revoke_short_lived(call: Call) -> Answer:
    """200 even when there is no such token."""
    value = call.form().get("access_token", "")
    if not value:
        raise OAuthError("invalid_request", "access_token is required")
    token = call.world.access_tokens.get(value)
    if token and token.kind in ("short-lived", "long-lived"):
        del call.world.access_tokens[value]
        call.world.touch()
    return {}


def live_token(call: Call, value: str) -> AccessToken:
    """A token that exists and has not expired; 400 otherwise."""
    token = call.world.access_tokens.get(value)
    if token is None:
        raise OAuthError("invalid_request", "access token is invalid")
    if token.expires_at is not None and token.expires_at <= call.world.clock.now():
        raise OAuthError("invalid_request", "access token expired")
    return token


def describe(call: Call, token: AccessToken) -> Json:
    seconds = UNLIMITED_SECONDS if token.expires_at is None else int(token.expires_at - call.world.clock.now())
    return {"client_id": token.channel_id, "expires_in": seconds, "scope": token.scope}


def _require_grant(form: dict[str, str]) -> None:
    if form.get("grant_type") != "client_credentials":
        raise OAuthError("unsupported_grant_type", "unsupported grant_type")


def _by_secret(call: Call, form: dict[str, str]) -> Channel:
    channel = call.world.channels.get(form.get("client_id", ""))
    if channel is None:
        raise OAuthError("invalid_request", "invalid clientId")
    if not secrets.compare_digest(channel.secret.encode(), form.get("client_secret", "").encode()):
        raise OAuthError("invalid_client", "invalid client_secret")
    return channel


def _by_assertion(call: Call, form: dict[str, str]) -> tuple[Channel, Json]:
    """The channel that signed `client_assertion` with a key of its own; at most 30 minutes into the future."""
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise OAuthError("invalid_request", "client_assertion_type is invalid")
    for channel in call.world.channels.values():
        try:
            payload = jwt.decode_assertion(form.get("client_assertion", ""), channel.assertion_keys)
        except jwt.InvalidToken:
            continue
        now, expires = call.world.clock.now(), payload.get("exp")
        if payload.get("iss") != channel.channel_id or payload.get("sub") != channel.channel_id:
            break
        if not isinstance(expires, int | float) or not now < expires <= now + ASSERTION_SECONDS:
            raise OAuthError("invalid_client", "Invalid exp")
        return channel, payload
    raise OAuthError("invalid_client", "Invalid client_assertion")


def _live(call: Call, channel: Channel, kind: str) -> list[AccessToken]:
    """Oldest first."""
    now = call.world.clock.now()
    return [
        token
        for token in call.world.access_tokens.values()
        if token.channel_id == channel.channel_id and token.kind == kind and (token.expires_at or now + 1) > now
    ]


def _issue(call: Call, channel: Channel, kind: str, seconds: float) -> AccessToken:
    now = call.world.clock.now()
    token = AccessToken(secrets.token_urlsafe(108), channel.channel_id, kind, now, now + seconds)
    call.world.access_tokens[token.token] = token
    call.world.touch()
    return token


def _issued(token: AccessToken, seconds: int) -> Json:
    return {"access_token": token.token, "expires_in": seconds, "token_type": "Bearer"}
