"""What a login produces: codes, user tokens, id tokens (issue-access-token, verify-id-token)."""

import base64
import hashlib
import secrets

from madoguchi.sandbox.line.errors import OAuthError
from madoguchi.sandbox.line.gateway import Call
from madoguchi.sandbox.line.records import AccessToken, Channel, Json, LoginCode, Person
from madoguchi.sandbox.line.world import World

from . import jwt

ISSUER = "https://access.line.me"
CODE_SECONDS = 10 * 60
WEB_TOKEN_SECONDS = 30 * 86400
REFRESH_SECONDS = 90 * 86400
LIFF_TOKEN_SECONDS = 12 * 3600
ID_TOKEN_SECONDS = 3600


def issue_code(
    world: World, channel: Channel, person: Person, *, redirect_uri: str, scope: str, nonce: str, challenge: str
) -> str:
    code = secrets.token_urlsafe(15)
    world.login_codes[code] = LoginCode(
        code, channel.channel_id, person.person_id, redirect_uri, scope, nonce, challenge, world.clock.now()
    )
    world.touch()
    return code


def redeem_code(call: Call, form: dict[str, str]) -> Json:
    """Ten minutes, once, with the same redirect_uri, and the verifier of PKCE when a challenge was given."""
    world, channel = call.world, login_channel(call, form)
    code = world.login_codes.pop(form.get("code", ""), None)
    if (
        code is None
        or code.channel_id != channel.channel_id
        or code.redirect_uri != form.get("redirect_uri")
        or world.clock.now() - code.issued_at > CODE_SECONDS
    ):
        raise OAuthError("invalid_grant", "invalid authorization code")
    if code.code_challenge:
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != code.code_challenge:
            raise OAuthError("invalid_grant", "code_verifier does not match")
    person = world.people[code.person_id]
    token = issue_user_token(world, channel, person, code.scope, WEB_TOKEN_SECONDS)
    found = _token_json(world, token)
    if "openid" in code.scope.split():
        payload = id_payload(world, channel, person, code.scope, nonce=code.nonce, method="linesso")
        found["id_token"] = jwt.encode_hs256(payload, channel.secret)
    return found


def refresh(call: Call, form: dict[str, str]) -> Json:
    """A new access token for 90 days after the first one; the old one ends."""
    world, channel = call.world, login_channel(call, form, secret_optional=True)
    wanted = form.get("refresh_token", "")
    old = next((each for each in world.access_tokens.values() if wanted and each.refresh_token == wanted), None)
    if old is None or old.channel_id != channel.channel_id or world.clock.now() - old.issued_at > REFRESH_SECONDS:
        raise OAuthError("invalid_grant", "invalid refresh_token")
    del world.access_tokens[old.token]
    token = issue_user_token(world, channel, world.people[old.person_id], old.scope, WEB_TOKEN_SECONDS)
    token.refresh_token = old.refresh_token
    return _token_json(world, token)


def issue_user_token(world: World, channel: Channel, person: Person, scope: str, seconds: int) -> AccessToken:
    now = world.clock.now()
    token = AccessToken(
        "eyJ" + secrets.token_urlsafe(90),
        channel.channel_id,
        "login",
        now,
        now + seconds,
        person_id=person.person_id,
        scope=scope,
        refresh_token=secrets.token_urlsafe(15),
    )
    world.access_tokens[token.token] = token
    world.touch()
    return token


def id_payload(world: World, channel: Channel, person: Person, scope: str, *, nonce: str, method: str) -> Json:
    now, scopes = int(world.clock.now()), scope.split()
    payload: Json = {
        "iss": ISSUER,
        "sub": world.user_id(person, channel.provider),
        "aud": channel.channel_id,
        "exp": now + ID_TOKEN_SECONDS,
        "iat": now,
        "amr": [method],
    }
    if nonce:
        payload["nonce"] = nonce
    if "profile" in scopes:
        payload["name"] = person.name
        if person.picture_url:
            payload["picture"] = person.picture_url
    if "email" in scopes and person.email:
        payload["email"] = person.email
    return payload


def login_channel(call: Call, form: dict[str, str], *, secret_optional: bool = False) -> Channel:
    channel = call.world.channels.get(form.get("client_id", ""))
    if channel is None or channel.kind != "login":
        raise OAuthError("invalid_request", "invalid client_id")
    given = form.get("client_secret", "")
    if not (secret_optional and not given) and not secrets.compare_digest(channel.secret.encode(), given.encode()):
        raise OAuthError("invalid_client", "invalid client_secret")
    return channel


def _token_json(world: World, token: AccessToken) -> Json:
    assert token.expires_at is not None, "user tokens always expire"
    return {
        "access_token": token.token,
        "expires_in": int(token.expires_at - world.clock.now()),
        "refresh_token": token.refresh_token,
        "scope": token.scope,
        "token_type": "Bearer",
    }
