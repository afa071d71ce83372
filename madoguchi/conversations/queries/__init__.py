"""What the screens read: queues with their counts, threads with their changes, search.

Everything is asked through the person (``visible_to``), takes a constant number of statements, and pages by key, never
by offset.
"""

from madoguchi.conversations.queries.queue import Counts, Place, QueuePage, View, places, queue, queue_counts, waiting
from madoguchi.conversations.queries.search import MessageHit, SearchResult, search
from madoguchi.conversations.queries.snippet import Piece
from madoguchi.conversations.queries.thread import ThreadPage, changes, history, present, thread

__all__ = [
    "Counts",
    "MessageHit",
    "Piece",
    "Place",
    "QueuePage",
    "SearchResult",
    "ThreadPage",
    "View",
    "changes",
    "history",
    "places",
    "present",
    "queue",
    "queue_counts",
    "search",
    "thread",
    "waiting",
]
