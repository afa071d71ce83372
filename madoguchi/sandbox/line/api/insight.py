"""Statistics of an account (insight): by day in UTC+9, ready on the next one, hidden below twenty people."""

from datetime import date, timedelta

from madoguchi.sandbox.line import calendar
from madoguchi.sandbox.line.errors import LineError, NotFound
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints
from madoguchi.sandbox.line.records import ChatMessage, Friendship, Json

from .statistics import readiness, requested_day

endpoints = Endpoints()

FOLLOWERS_SINCE = date(2016, 11, 1)
DELIVERIES_SINCE = date(2017, 3, 1)
LEAST_PEOPLE = 20
EVENT_DAYS = 14
UNIT_DAYS = 30

_DELIVERY_FIELDS = {
    "broadcast": "apiBroadcast",
    "push": "apiPush",
    "multicast": "apiMulticast",
    "narrowcast": "apiNarrowcast",
    "reply": "apiReply",
}
_AGES = {
    "age_15": "from15to19",
    "age_20": "from20to24",
    "age_25": "from25to29",
    "age_30": "from30to34",
    "age_35": "from35to39",
    "age_40": "from40to44",
    "age_45": "from45to49",
    "age_50": "from50to54",
    "age_55": "from55to59",
    "age_60": "from60to64",
    "age_65": "from65to69",
    "age_70": "from70",
}
_PERIODS = (
    (7, "within7days"),
    (30, "within30days"),
    (90, "within90days"),
    (180, "within180days"),
    (365, "within365days"),
)


@endpoints.get("/v2/bot/insight/followers")
async def followers(call: Call) -> Answer:
    """`followers` counts first-time adds and never falls; `blocks` those who block today, whatever day is asked for."""
    day = requested_day(call) if call.query("date") else calendar.today(call.world.clock.now()) - timedelta(days=1)
    status = readiness(call, day, FOLLOWERS_SINCE)
    if status != "ready":
        return {"status": status}
    end = calendar.end_of_day(day)
    added = [each for each in call.world.friendships_of(call.channel) if (each.added_at or end) < end]
    return {
        "status": status,
        "followers": len(added),
        "targetedReaches": sum(each.state == "friend" for each in added),
        "blocks": sum(each.state == "blocked" for each in added),
    }


@endpoints.get("/v2/bot/insight/message/delivery")
async def deliveries(call: Call) -> Answer:
    """Kinds of sending that were not used are left out."""
    day = requested_day(call)
    status = readiness(call, day, DELIVERIES_SINCE)
    found: Json = {"status": status}
    if status == "ready":
        for method, name in _DELIVERY_FIELDS.items():
            if count := call.channel.sent.get(f"{day:%Y%m%d}/{method}"):
                found[name] = count
    return found


@endpoints.get("/v2/bot/insight/demographic")
async def demographic(call: Call) -> Answer:
    """Percentages of friends; available from twenty friends on, for accounts in Japan, Taiwan and Thailand."""
    world, channel = call.world, call.channel
    friends = world.friends(channel)
    if len(friends) < LEAST_PEOPLE or channel.country not in ("JP", "TW", "TH"):
        return {"available": False}
    people = [world.people[each.person_id] for each in friends]
    now = world.clock.now()
    return {
        "available": True,
        "genders": _shares("gender", [each.gender or "unknown" for each in people]),
        "ages": _shares("age", [_AGES.get(each.age, "unknown") for each in people]),
        "areas": _shares("area", [each.area or "unknown" for each in people]),
        "appTypes": _shares("appType", [each.app_type or "others" for each in people]),
        "subscriptionPeriods": _shares("subscriptionPeriod", [_period(each, now) for each in friends]),
    }


def _period(friendship: Friendship, now: float) -> str:
    days = (now - (friendship.added_at or now)) / 86400
    return next((name for limit, name in _PERIODS if days <= limit), "over365days")


def _shares(name: str, values: list[str]) -> list[Json]:
    return [
        {name: value, "percentage": round(100 * values.count(value) / len(values), 1)} for value in sorted(set(values))
    ]


@endpoints.get("/v2/bot/insight/message/event")
async def message_event(call: Call) -> Answer:
    """What became of a broadcast or narrowcast; nothing else has a request id here (get-message-event)."""
    campaign = call.world.campaigns.get(call.query("requestId"))
    if campaign is None or campaign.channel_id != call.channel.channel_id:
        raise NotFound
    bubbles = [each for each in call.world.messages.values() if each.request_id == campaign.request_id]
    figures = _figures(bubbles)
    overview = {
        "requestId": campaign.request_id,
        "timestamp": int(campaign.accepted_at),
        "delivered": campaign.success,
        **figures["overview"],
    }
    messages = [
        {name: value for name, value in each.items() if name != "uniqueImpression"} for each in figures["messages"]
    ]
    return {"overview": overview, "messages": messages, "clicks": figures["clicks"]}


@endpoints.get("/v2/bot/insight/message/event/aggregation")
async def unit_statistics(call: Call) -> Answer:
    """The only statistics for push and multicast: per aggregation unit (get-statistics-per-unit)."""
    unit, first, last = call.query("customAggregationUnit"), requested_day(call, "from"), requested_day(call, "to")
    if not unit or not first <= last <= first + timedelta(days=UNIT_DAYS):
        raise LineError(400, "The value for the 'to' parameter is invalid")
    bubbles = [
        each
        for each in call.world.messages.values()
        if each.unit == unit
        and each.channel_id == call.channel.channel_id
        and first <= calendar.today(each.at / 1000) <= last
    ]
    return _figures(bubbles)


def _figures(bubbles: list[ChatMessage]) -> Json:
    """Impressions and clicks per bubble of the request; None where fewer than twenty people did it."""
    requests: dict[str, int] = {}
    by_position: dict[int, list[ChatMessage]] = {}
    for bubble in bubbles:
        key = f"{bubble.request_id}/{bubble.person_id}"
        requests[key] = position = requests.get(key, 0) + 1
        by_position.setdefault(position, []).append(bubble)
    seen = {each.person_id for each in bubbles if each.seen}
    clicked = {each.person_id for each in bubbles if each.clicks}
    messages, clicks = [], []
    for position, each in sorted(by_position.items()):
        people = {bubble.person_id for bubble in each if bubble.seen}
        count = _hidden(len(people), len(people))
        messages.append({"seq": position, "impression": count, "uniqueImpression": count})
        urls: dict[str, list[str]] = {}
        for bubble in each:
            for url in bubble.clicks:
                urls.setdefault(url, []).append(bubble.person_id)
        for url, who in urls.items():
            unique = len(set(who))
            clicks.append(
                {
                    "seq": position,
                    "url": url,
                    "click": _hidden(len(who), unique),
                    "uniqueClick": _hidden(unique, unique),
                    "uniqueClickOfRequest": _hidden(unique, unique),
                }
            )
    overview = {
        "uniqueImpression": _hidden(len(seen), len(seen)),
        "uniqueClick": _hidden(len(clicked), len(clicked)),
        "uniqueMediaPlayed": None,
        "uniqueMediaPlayed100Percent": None,
    }
    return {"overview": overview, "messages": messages, "clicks": clicks}


def _hidden(value: int, people: int) -> int | None:
    return value if people >= LEAST_PEOPLE else None


@endpoints.get("/v2/bot/insight/richmenu/{richMenuId}/summary")
async def rich_menu_summary(call: Call) -> Answer:
    return _rich_menu_range(call, most_days=396)


@endpoints.get("/v2/bot/insight/richmenu/{richMenuId}/daily")
async def rich_menu_daily(call: Call) -> Answer:
    return _rich_menu_range(call, most_days=99)


def _rich_menu_range(call: Call, *, most_days: int) -> Json:
    """Below twenty people who clicked LINE gives the id alone; the sandbox counts no taps and so is always there."""
    menu = call.world.rich_menus.get(call.path("richMenuId"))
    if menu is None or menu.channel_id != call.channel.channel_id:
        raise NotFound
    first, last = requested_day(call, "from"), requested_day(call, "to")
    if not first <= last < first + timedelta(days=most_days):
        raise LineError(400, "The value for the 'to' parameter is invalid")
    return {"richMenuId": menu.rich_menu_id}
