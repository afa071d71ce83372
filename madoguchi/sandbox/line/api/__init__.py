"""The endpoints by area; `AREAS` is what the server mounts."""

from ..gateway import Endpoints
from . import messages, users

AREAS: tuple[Endpoints, ...] = (messages.endpoints, users.endpoints)
