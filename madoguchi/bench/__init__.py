"""Measuring this machine: `madoguchi bench`.

Each module named in ``BENCHES`` measures one thing in a process and a database of its own: ``run(context)`` returns its
figures. Wherever it can, it measures the limit of the machine in the same run, so that a slow disk or a busy neighbour
lowers both; the target is then a share of that limit.
"""

BENCHES = {
    "intake": "webhooks per second, durable before they are answered",
    "consumer": "events per second from the entrance into the threads",
    "assignment": "waiting conversations to people, by rules, skills and capacity",
    "relink": "which of a million customers is to see which menu",
    "outbox": "pushes per second from one worker to the sandbox",
    "signal": "from the webhook to the live stream",
    "bubble": "from the webhook to the bubble on an agent's screen",
    "screens": "the inbox, a thread and search at five million messages",
    "footprint": "memory of everything at rest, and the time to be ready",
    "faults": "nothing is lost when processes are killed at every step",
}
"""Module and what it measures, in the order of the table."""
