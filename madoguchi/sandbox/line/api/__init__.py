"""The endpoints by area; `AREAS` is what the server mounts."""

from madoguchi.sandbox.line.gateway import Endpoints

from . import (
    accountlink,
    chat,
    content,
    insight,
    mass,
    messages,
    richmenulinks,
    richmenus,
    statistics,
    users,
    webhook,
)

AREAS: tuple[Endpoints, ...] = (
    messages.endpoints,
    mass.endpoints,
    statistics.endpoints,
    users.endpoints,
    content.endpoints,
    chat.endpoints,
    richmenus.endpoints,
    richmenulinks.endpoints,
    accountlink.endpoints,
    insight.endpoints,
    webhook.endpoints,
)
