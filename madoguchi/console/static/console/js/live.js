// One event stream per tab. It carries only names of what changed; the page fetches the change like anything else.
// Every time it opens, everything that could have been missed is fetched: the thread since its last look, and the queue.
(() => {
  const address = document.body.dataset.live;
  if (!address) return;
  const LONGEST_WAIT = 15_000, TOLD_AFTER = 3_000, QUEUE_AFTER = 150, QUEUE_EVERY = 1_500;
  let source, conversation, wait = 1_000, again, telling, queueSoon, queueAt = 0;

  const announce = (name) => document.body.dispatchEvent(new CustomEvent(name));
  // What one reads goes first: the queue, which is fetched whole, would keep the server from the thread. It follows at once
  // when it was quiet, and at a pace that eyes can follow when everybody writes.
  function announceQueue() {
    queueSoon ??= setTimeout(() => {
      [queueSoon, queueAt] = [undefined, Date.now()];
      announce("queue-changed");
    }, Math.max(QUEUE_AFTER, queueAt + QUEUE_EVERY - Date.now()));
  }
  const opened = () => document.getElementById("thread")?.dataset.conversation ?? "";

  function show(state) {
    const sign = document.getElementById("live-state");
    document.body.dataset.liveState = state;
    if (sign) {
      sign.dataset.state = state;
      sign.textContent = sign.dataset[`${state}Word`];
    }
    const bar = document.getElementById("lost-bar");
    if (bar) bar.hidden = state !== "lost";
  }

  function connect() {
    clearTimeout(again);
    source?.close();
    conversation = opened();
    source = new EventSource(conversation ? `${address}?conversation=${conversation}` : address);
    source.onopen = () => {
      clearTimeout(telling);
      telling = undefined;
      wait = 1_000;
      show("live");
      announce("thread-changed");
      announce("queue-changed");
      announce("accounts-changed");
    };
    source.onerror = () => {
      source.close();
      again = setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
      telling ??= setTimeout(() => show("lost"), TOLD_AFTER);
    };
    source.addEventListener("conversation", () => announce("thread-changed"));
    source.addEventListener("queue", announceQueue);
    source.addEventListener("staff", announceQueue);
    for (const name of ["resync", "accounts"]) source.addEventListener(name, () => ["thread-changed", "queue-changed", "accounts-changed"].forEach(announce));
  }

  document.addEventListener("htmx:afterSettle", () => {
    if (opened() !== conversation) connect();
    else if (document.getElementById("live-state")?.dataset.state !== document.body.dataset.liveState) show(document.body.dataset.liveState ?? "connecting");
  });
  window.addEventListener("online", connect);
  window.addEventListener("offline", () => show("lost"));
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  connect();
})();
