"""LINE Login, LIFF, account linking and channel access tokens: everything that issues or checks a credential."""

from aiohttp import web

from madoguchi.sandbox.line.gateway import Endpoints

from . import channeltokens, liffapps, liffpages, pages, tokens

AREAS: tuple[Endpoints, ...] = (channeltokens.endpoints, tokens.endpoints, liffapps.endpoints)
PAGES: tuple[web.RouteTableDef, ...] = (pages.routes, liffpages.routes)
