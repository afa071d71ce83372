"""LINE's limits on what we send (developers.line.biz/en/reference/messaging-api, as of August 2026)."""

from __future__ import annotations

import datetime as dt

MEGABYTE = 1_000_000

TEXT_UNITS = 5_000
"""UTF-16 code units of one text message (text-message)."""
ALT_TEXT_UNITS = 1_500
"""What notifications show in place of a flex message (flex-message)."""
SENDER_NAME_CHARACTERS = 20
"""icon-nickname-switch."""
IMAGE_BYTES = 10 * MEGABYTE
PREVIEW_BYTES = 1 * MEGABYTE
"""image-message, video-message."""
VIDEO_BYTES = 200 * MEGABYTE
"""video-message."""
LINK_CHARACTERS = 1_000
"""A link behind a button (uri-action)."""
BUBBLES_PER_REQUEST = 5

RETRY_KEY_LIFETIME = dt.timedelta(hours=24)
"""After that the same key sends again (retry-api-request)."""
