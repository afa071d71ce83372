// What happens in the emulator while the page is open. One stream for the whole page: browsers allow a host only six.

/**
 * Listen to the people that `watched()` names.
 * `changed(personId, channelId)`: a chat changed; `people()`: somebody was added or changed; `state(connected)`.
 * After a lost connection everything is told to be read anew, so nothing that happened meanwhile is missed.
 */
export function listen({ changed, people, clock, state }) {
  let lost = false;
  const source = new EventSource("/sandbox/stream");
  source.addEventListener("open", () => {
    state(true);
    if (lost) {
      people();
      changed(null, null);
    }
    lost = false;
  });
  source.addEventListener("error", () => {
    lost = true;
    state(false);
  });
  source.addEventListener("chat", (event) => {
    const { personId, channelId } = JSON.parse(event.data);
    changed(personId, channelId);
  });
  source.addEventListener("people", people);
  source.addEventListener("clock", clock);
  addEventListener("pagehide", () => source.close());
}

/** Run `job` now; however often it is asked for while it runs, once more afterwards. */
export function calm(job) {
  let running = null;
  let again = false;
  const run = async () => {
    try {
      do {
        again = false;
        await job();
      } while (again);
    } finally {
      running = null;
    }
  };
  return () => {
    again = running !== null;
    running ??= run();
    return running;
  };
}
