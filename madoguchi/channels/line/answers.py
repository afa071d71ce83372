"""Reading what LINE answers."""

from __future__ import annotations

import json
from typing import Any


def json_object(raw: bytes) -> dict[str, Any]:
    """Empty for anything that is no JSON object: what stands in front of LINE's servers answers in HTML at times."""
    try:
        body = json.loads(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
