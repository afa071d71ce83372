"""Channel tokens, LINE Login, LIFF and account linking."""

import base64
import hashlib
import json
import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from tests.sandbox.conftest import CHANNEL, SECRET, Answer, Receiver, Sandbox

LOGIN, LOGIN_SECRET = "3001", "login-secret"
CALLBACK = "http://localhost:8000/callback"
MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.fixture(autouse=True)
async def login_channel(sandbox: Sandbox) -> None:
    await sandbox.control(
        "POST",
        "/channels",
        {
            "channelId": LOGIN,
            "kind": "login",
            "secret": LOGIN_SECRET,
            "accessToken": "login-token",
            "linkedBot": CHANNEL,
            "callbackUrls": [CALLBACK],
        },
    )


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


async def form(sandbox: Sandbox, path: str, **fields: str) -> Answer:
    return await sandbox.api("POST", path, data=fields, token=None)


async def test_short_lived_tokens(sandbox: Sandbox) -> None:
    asked = {"grant_type": "client_credentials", "client_id": CHANNEL, "client_secret": SECRET}
    tokens = [(await form(sandbox, "/v2/oauth/accessToken", **asked)).body["access_token"] for _ in range(31)]

    assert (await sandbox.api("GET", "/v2/bot/info", token=tokens[0])).status == 401
    assert (await sandbox.api("GET", "/v2/bot/info", token=tokens[1])).status == 200
    verified = (await form(sandbox, "/v2/oauth/verify", access_token=tokens[1])).body
    assert verified["client_id"] == CHANNEL
    assert 0 < verified["expires_in"] <= 30 * DAY
    await form(sandbox, "/v2/oauth/revoke", access_token=tokens[1])
    assert (await sandbox.api("GET", "/v2/bot/info", token=tokens[1])).status == 401
    await sandbox.advance(30 * DAY)
    expired = await sandbox.api("GET", "/v2/bot/info", token=tokens[2])
    assert (expired.status, "expired" in expired.body["message"]) == (401, True)
    wrong = await form(sandbox, "/v2/oauth/accessToken", **{**asked, "client_secret": "x"})
    assert (wrong.status, wrong.body["error"]) == (400, "invalid_client")


async def test_stateless_tokens(sandbox: Sandbox) -> None:
    asked = {"grant_type": "client_credentials", "client_id": CHANNEL, "client_secret": SECRET}
    issued = (await form(sandbox, "/oauth2/v3/token", **asked)).body

    assert issued["expires_in"] == 900
    assert (await sandbox.api("GET", "/v2/bot/info", token=issued["access_token"])).status == 200
    await sandbox.advance(901)
    assert (await sandbox.api("GET", "/v2/bot/info", token=issued["access_token"])).status == 401


async def test_tokens_by_assertion(sandbox: Sandbox) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    numbers = key.public_key().public_numbers()
    jwk = {"kid": "k1", "kty": "RSA", "n": text(numbers.n.to_bytes(256)), "e": text(numbers.e.to_bytes(3))}
    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "assertionKeys": [jwk]})

    def assertion(**changes: Any) -> dict[str, str]:
        head = {"alg": "RS256", "typ": "JWT", "kid": "k1"}
        now = sandbox.world.clock.now()
        payload = {"iss": CHANNEL, "sub": CHANNEL, "aud": "https://api.line.me/", "exp": now + 600, "token_exp": DAY}
        signed = ".".join(text(json.dumps(part).encode()) for part in (head, {**payload, **changes}))
        signature = text(key.sign(signed.encode(), padding.PKCS1v15(), SHA256()))
        return {
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": f"{signed}.{signature}",
        }

    async def issue(**changes: Any) -> Answer:
        return await form(sandbox, "/oauth2/v2.1/token", grant_type="client_credentials", **assertion(**changes))

    issued = (await issue()).body
    assert (await sandbox.api("GET", "/v2/bot/info", token=issued["access_token"])).status == 200
    kids = await sandbox.api("GET", "/oauth2/v2.1/tokens/kid", params=assertion(), token=None)
    assert kids.body == {"kids": [issued["key_id"]]}
    verified = await sandbox.api(
        "GET", "/oauth2/v2.1/verify", params={"access_token": issued["access_token"]}, token=None
    )
    assert verified.body["client_id"] == CHANNEL
    assert (await issue(token_exp=31 * DAY)).status == 400
    assert (await issue(exp=time.time() + HOUR)).status == 400
    assert (await issue(iss="1")).status == 400
    assert [(await issue()).status for _ in range(30)] == [200] * 29 + [400]


def authorization(**changes: str) -> dict[str, str]:
    asked = {
        "response_type": "code",
        "client_id": LOGIN,
        "redirect_uri": CALLBACK,
        "state": "s",
        "scope": "openid profile",
        "nonce": "n",
    }
    return {**asked, **changes}


async def code_for(sandbox: Sandbox, person: str, **changes: str) -> dict[str, str]:
    """What the callback gets after the person allowed."""
    asked = {**authorization(**changes), "person": person, "answer": "yes"}
    url = f"{sandbox.url}/oauth2/v2.1/authorize"
    async with sandbox.session.post(url, data=asked, allow_redirects=False) as answer:
        assert answer.status == 302, await answer.text()
        parts = urlsplit(answer.headers["Location"])
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


async def redeem(sandbox: Sandbox, code: str, **changes: str) -> Answer:
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": LOGIN,
        "client_secret": LOGIN_SECRET,
    }
    return await form(sandbox, "/oauth2/v2.1/token", **{**asked, **changes})


async def test_login_with_a_choice_of_person(sandbox: Sandbox) -> None:
    page = await sandbox.session.get(f"{sandbox.url}/oauth2/v2.1/authorize", params=authorization())
    assert re.findall(r'name="person" value="(\w+)"', await page.text()) == ["mei", "ken", "lin"]

    callback = await code_for(sandbox, "mei")
    assert callback["state"] == "s"
    issued = (await redeem(sandbox, callback["code"])).body
    verified = await form(sandbox, "/oauth2/v2.1/verify", id_token=issued["id_token"], client_id=LOGIN, nonce="n")

    assert verified.body["sub"] == sandbox.user_id("mei")
    assert (verified.body["aud"], verified.body["name"], verified.body["nonce"]) == (LOGIN, "美", "n")
    assert json.loads(base64.urlsafe_b64decode(issued["id_token"].split(".")[0] + "=="))["alg"] == "HS256"
    again = await redeem(sandbox, callback["code"])
    assert (again.status, again.body["error"]) == (400, "invalid_grant")


async def test_a_code_lives_ten_minutes(sandbox: Sandbox) -> None:
    code = (await code_for(sandbox, "mei"))["code"]
    await sandbox.advance(601)

    assert (await redeem(sandbox, code)).status == 400


async def test_proof_key_for_code_exchange(sandbox: Sandbox) -> None:
    verifier = "v" * 50
    challenge = text(hashlib.sha256(verifier.encode()).digest())
    for given, status in (("x" * 50, 400), (verifier, 200)):
        code = (await code_for(sandbox, "mei", code_challenge=challenge, code_challenge_method="S256"))["code"]
        assert (await redeem(sandbox, code, code_verifier=given)).status == status


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": CHANNEL},
        {"redirect_uri": "http://localhost:8000/other"},
        {"response_type": "token"},
        {"state": ""},
    ],
)
async def test_wrong_authorization_requests_stay_on_the_page(sandbox: Sandbox, changes: dict[str, str]) -> None:
    url, asked = f"{sandbox.url}/oauth2/v2.1/authorize", authorization(**changes)
    async with sandbox.session.get(url, params=asked, allow_redirects=False) as answer:
        assert answer.status == 400


async def test_denying_and_not_being_asked(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/oauth2/v2.1/authorize"
    async with sandbox.session.post(url, data={**authorization(), "answer": "no"}, allow_redirects=False) as answer:
        assert "error=access_denied" in answer.headers["Location"]
    silent = authorization(prompt="none")
    async with sandbox.session.get(url, params=silent, allow_redirects=False) as answer:
        assert "error=login_required" in answer.headers["Location"]


async def test_login_can_add_the_account_as_a_friend(sandbox: Sandbox, receiver: Receiver) -> None:
    callback = await code_for(sandbox, "lin", bot_prompt="aggressive", add="on")

    assert callback["friendship_status_changed"] == "true"
    assert [event["type"] for event in await receiver.wait_for(1)] == ["follow"]


async def test_what_a_users_token_opens(sandbox: Sandbox) -> None:
    issued = (await redeem(sandbox, (await code_for(sandbox, "mei"))["code"])).body
    token = issued["access_token"]

    profile = await sandbox.api("GET", "/v2/profile", token=token)
    assert profile.body == {"userId": sandbox.user_id("mei"), "displayName": "美"}
    assert (await sandbox.api("GET", "/oauth2/v2.1/userinfo", token=token)).body["sub"] == sandbox.user_id("mei")
    assert (await sandbox.api("GET", "/friendship/v1/status", token=token)).body == {"friendFlag": True}
    await sandbox.play("mei", "block")
    assert (await sandbox.api("GET", "/friendship/v1/status", token=token)).body == {"friendFlag": False}
    assert (await sandbox.api("GET", "/v2/bot/info", token=token)).status == 401

    refreshed = await form(
        sandbox,
        "/oauth2/v2.1/token",
        grant_type="refresh_token",
        refresh_token=issued["refresh_token"],
        client_id=LOGIN,
        client_secret=LOGIN_SECRET,
    )
    assert (await sandbox.api("GET", "/v2/profile", token=token)).status == 401
    newer = refreshed.body["access_token"]
    gone = await sandbox.api("POST", "/user/v1/deauthorize", {"userAccessToken": newer}, token="login-token")
    assert gone.status == 204
    assert (await sandbox.api("GET", "/v2/profile", token=newer)).status == 401


async def test_revoking_a_users_token(sandbox: Sandbox) -> None:
    token = (await redeem(sandbox, (await code_for(sandbox, "mei"))["code"])).body["access_token"]
    fields = {"access_token": token, "client_id": LOGIN, "client_secret": LOGIN_SECRET}

    assert (await form(sandbox, "/oauth2/v2.1/revoke", **fields)).status == 200
    assert (await sandbox.api("GET", "/v2/profile", token=token)).status == 401


async def test_wrong_id_tokens(sandbox: Sandbox) -> None:
    id_token = (await redeem(sandbox, (await code_for(sandbox, "mei"))["code"])).body["id_token"]

    async def problem(**fields: str) -> str:
        answer = await form(sandbox, "/oauth2/v2.1/verify", **{"id_token": id_token, "client_id": LOGIN, **fields})
        assert (answer.status, answer.body["error"]) == (400, "invalid_request")
        return str(answer.body["error_description"])

    head, _, signature = id_token.split(".")
    forged = text(json.dumps({"sub": "U1"}).encode())
    assert await problem(id_token=f"{head}.{forged}.{signature}") == "Invalid IdToken."
    assert await problem(id_token="nonsense") == "Invalid IdToken."
    assert await problem(nonce="other") == "Invalid IdToken Nonce."
    assert await problem(user_id="U1") == "Invalid IdToken Subject Identifier."
    await sandbox.advance(HOUR + 1)
    assert await problem() == "IdToken expired."


async def test_a_liff_app_knows_who_opened_it(sandbox: Sandbox) -> None:
    app = {"liffId": f"{LOGIN}-abcd1234", "view": {"type": "full", "url": "http://localhost:8000/door"}}
    await sandbox.control("POST", f"/channels/{LOGIN}/liff", app)
    assert (await sandbox.api("GET", "/liff/v1/apps", token="login-token")).body["apps"][0]["liffId"] == app["liffId"]

    url = f"{sandbox.url}/liff/{app['liffId']}/orders?person=mei&id=7"
    async with sandbox.session.get(url, allow_redirects=False) as answer:
        target = urlsplit(answer.headers["Location"])
    state, given = parse_qs(target.query), parse_qs(target.fragment)

    assert (target.netloc, target.path, state) == ("localhost:8000", "/door", {"liff.state": ["/orders?id=7"]})
    verified = await form(sandbox, "/oauth2/v2.1/verify", id_token=given["id_token"][0], client_id=LOGIN)
    assert verified.body["sub"] == sandbox.user_id("mei")
    keys = (await sandbox.api("GET", "/oauth2/v2.1/certs", token=None)).body["keys"]
    assert json.loads(base64.urlsafe_b64decode(given["id_token"][0].split(".")[0] + "=="))["kid"] == keys[0]["kid"]
    token = given["access_token"][0]
    assert (await sandbox.api("GET", "/v2/profile", token=token)).body["displayName"] == "美"
    await sandbox.advance(12 * HOUR + 1)
    assert (await sandbox.api("GET", "/v2/profile", token=token)).status == 401


async def test_liff_apps_by_api(sandbox: Sandbox) -> None:
    view = {"type": "tall", "url": "https://example.com/"}
    assert (await sandbox.api("GET", "/liff/v1/apps", token="login-token")).status == 404
    made = (await sandbox.api("POST", "/liff/v1/apps", {"view": view}, token="login-token")).body["liffId"]
    path = f"/liff/v1/apps/{made}"
    assert made.startswith(f"{LOGIN}-")
    assert (await sandbox.api("PUT", path, {"view": {"type": "full"}}, token="login-token")).status == 200
    [app] = (await sandbox.api("GET", "/liff/v1/apps", token="login-token")).body["apps"]
    assert app["view"] == {**view, "type": "full"}
    assert (await sandbox.api("DELETE", path, token="login-token")).status == 200
    assert (await sandbox.api("POST", "/liff/v1/apps", {"view": view})).status == 403


async def test_linking_an_account(sandbox: Sandbox, receiver: Receiver) -> None:
    path = f"/v2/bot/user/{sandbox.user_id('mei')}/linkToken"
    dialog = f"{sandbox.url}/dialog/bot/accountLink"

    async def link(nonce: str, wait: float = 0) -> int:
        token = (await sandbox.api("POST", path)).body["linkToken"]
        await sandbox.advance(wait)
        asked = {"linkToken": token, "nonce": nonce}
        page = await sandbox.session.get(dialog, params=asked)
        done = await sandbox.session.post(dialog, data=asked)
        again = await sandbox.session.post(dialog, data=asked)
        assert (page.status, again.status) == (done.status, 400)
        return done.status

    assert await link("0123456789abcdef") == 200
    assert await link("short") == 200
    assert await link("0123456789abcdef", wait=10 * MINUTE + 1) == 400
    events = {event["link"]["nonce"]: event for event in await receiver.wait_for(2)}
    assert events["0123456789abcdef"]["link"]["result"] == "ok"
    assert events["0123456789abcdef"]["source"]["userId"] == sandbox.user_id("mei")
    assert events["short"]["link"]["result"] == "failed"
    assert "replyToken" not in events["short"]
    assert (await sandbox.api("POST", f"/v2/bot/user/{sandbox.user_id('ken')}/linkToken")).status == 400
