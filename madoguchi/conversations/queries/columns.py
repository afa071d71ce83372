"""What a row of a queue shows, and columns that no screen shows and that cost: pictures, secrets (which would be
decrypted), search arrays, requests."""

SHOWN = ("member", "contact__account__default_brand", "brand", "store", "department", "holder")
BESIDE_CONVERSATION = (
    "member__search",
    "brand__icon",
    "contact__account__channel_secret",
    "contact__account__access_token",
    "contact__account__default_brand__icon",
)
BESIDE_MESSAGE = ("search", "brand__icon", "outbound__messages", "outbound__sent_messages", "author__password")
