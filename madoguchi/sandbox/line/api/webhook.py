"""The webhook settings of a channel (set-webhook-endpoint-url, test-webhook-endpoint)."""

from madoguchi.sandbox.line.errors import InvalidBody, NotFound
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints
from madoguchi.sandbox.line.records import Json

from .mass import iso

endpoints = Endpoints()

MOST_URL = 500


@endpoints.get("/v2/bot/channel/webhook/endpoint")
async def get_endpoint(call: Call) -> Answer:
    channel = call.channel
    if not channel.webhook_url:
        raise NotFound
    return {"endpoint": channel.webhook_url, "active": channel.webhook_active}


@endpoints.put("/v2/bot/channel/webhook/endpoint")
async def set_endpoint(call: Call) -> Answer:
    """The address only: switching webhooks on is done in the console, here by the control API."""
    call.channel.webhook_url = _read_url(call, call.json(), required=True)
    call.world.touch()
    return {}


@endpoints.post("/v2/bot/channel/webhook/test")
async def test_endpoint(call: Call) -> Answer:
    """Sends a webhook without events to the given address or the one that is set."""
    body: Json = call.json() if call.raw else {}
    url = _read_url(call, body, required=False) or call.channel.webhook_url
    if not url:
        raise NotFound
    delivery = await call.emulator.sender.attempt(call.channel, [], url=url)
    return {
        "success": delivery.ok,
        "timestamp": iso(delivery.at),
        "statusCode": delivery.status,
        "reason": delivery.reason,
        "detail": delivery.detail,
    }


def _read_url(call: Call, body: Json, *, required: bool) -> str:
    url = body.get("endpoint")
    if url is None and not required:
        return ""
    if not isinstance(url, str) or not url:
        raise InvalidBody([("May not be empty", "endpoint")])
    if len(url) > MOST_URL:
        raise InvalidBody([(f"Length must be between 0 and {MOST_URL}", "endpoint")])
    if not call.emulator.accepts_url(url):
        raise InvalidBody([("Must be a valid HTTPS URL", "endpoint")])
    return url
