"""The JSON API below `/sandbox/`: play the people, move the clock, break things, see what was accepted.

It has no login: it answers this machine only, and refuses pages of other origins."""

from aiohttp import web

from . import admin, cards, chats, people, world

AREAS: tuple[web.RouteTableDef, ...] = (world.routes, people.routes, chats.routes, cards.routes, admin.routes)
