"""Quota, consumption, counts per day, and the names of aggregation units."""

from datetime import date

from madoguchi.sandbox.line import calendar
from madoguchi.sandbox.line.delivery import used_quota
from madoguchi.sandbox.line.errors import LineError
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints
from madoguchi.sandbox.line.identifiers import sealed, unsealed
from madoguchi.sandbox.line.records import Json

endpoints = Endpoints()

COUNTS_SINCE = date(2018, 3, 31)
"""LINE stores the number of sent messages since then (get-number-of-reply-messages)."""


@endpoints.get("/v2/bot/message/quota")
async def quota(call: Call) -> Answer:
    limit = call.channel.plan_limit
    return {"type": "none"} if limit is None else {"type": "limited", "value": limit}


@endpoints.get("/v2/bot/message/quota/consumption")
async def consumption(call: Call) -> Answer:
    return {"totalUsage": used_quota(call.world, call.channel)}


def requested_day(call: Call, name: str = "date") -> date:
    """A required `yyyyMMdd` parameter; 400 otherwise."""
    day = calendar.read_day(call.query(name))
    if day is None:
        raise LineError(400, f"The value for the '{name}' parameter is invalid")
    return day


def readiness(call: Call, day: date, since: date) -> str:
    """Counts of a day are there on the next one (UTC+9), and not for days before `since`."""
    if day < since:
        return "out_of_service"
    return "ready" if day < calendar.today(call.world.clock.now()) else "unready"


def _counter(kind: str) -> None:
    @endpoints.get(f"/v2/bot/message/delivery/{kind}")
    async def count(call: Call) -> Answer:
        day = requested_day(call)
        status = readiness(call, day, COUNTS_SINCE)
        if status != "ready":
            return {"status": status}
        return {"status": status, "success": call.channel.sent.get(f"{day:%Y%m%d}/{kind}", 0)}


for _kind in ("reply", "push", "multicast", "broadcast"):
    _counter(_kind)


@endpoints.get("/v2/bot/message/aggregation/info")
async def aggregation_info(call: Call) -> Answer:
    return {"numOfCustomAggregationUnits": len(_units(call))}


@endpoints.get("/v2/bot/message/aggregation/list")
async def aggregation_list(call: Call) -> Answer:
    limit = call.query("limit", "100")
    if not limit.isdecimal() or not 1 <= int(limit) <= 100:
        raise LineError(400, "The value for the 'limit' parameter is invalid")
    units, secret, first = _units(call), call.channel.secret, 0
    if start := call.query("start"):
        position = unsealed("units", secret, start)
        if position is None:
            raise LineError(400, "Invalid start param")
        first = int(position)
    page = units[first : first + int(limit)]
    found: Json = {"customAggregationUnits": page}
    if first + len(page) < len(units):
        found["next"] = sealed("units", secret, str(first + len(page)))
    return found


def _units(call: Call) -> list[str]:
    return call.channel.units.get(calendar.month(call.world.clock.now()), [])
