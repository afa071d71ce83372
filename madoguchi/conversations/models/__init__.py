from madoguchi.conversations.models.conversation import Conversation, ConversationQuerySet, Exchange, Handover
from madoguchi.conversations.models.desk import Mention, Presence, QuickPhrase
from madoguchi.conversations.models.message import Message

__all__ = [
    "Conversation",
    "ConversationQuerySet",
    "Exchange",
    "Handover",
    "Mention",
    "Message",
    "Presence",
    "QuickPhrase",
]
