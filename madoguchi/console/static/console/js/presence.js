// Tells colleagues that this thread is open here, or being answered; and counts it as read only while it is looked at.
(() => {
  const EVERY = 15_000, STILL_WRITING = 20_000;
  let thread = "", said = "", wroteAt = 0, bubbles = 0;
  const pane = () => document.getElementById("thread");

  function doing() {
    return Date.now() - wroteAt < STILL_WRITING ? "answering" : "viewing";
  }

  function say({ seen = false } = {}) {
    const address = pane()?.dataset.presence;
    if (!address || document.hidden) return;
    [thread, said] = [address, doing()];
    htmx.ajax("POST", address, { target: "#present", swap: "refresh", values: { doing: said, ...(seen && { seen: 1 }) } }).catch(() => {});
  }

  function leave() {
    if (!thread) return;
    const form = new FormData();
    form.set("csrfmiddlewaretoken", JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]);
    navigator.sendBeacon(thread, form);
    thread = "";
  }

  function received() {
    return document.querySelectorAll("#messages > .in").length;
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    const isNew = event.target.id === "content";
    if (isNew) {
      if (thread !== (pane()?.dataset.presence ?? "")) leave();
      wroteAt = 0;
    }
    if (isNew || (event.target.id === "messages" && received() > bubbles)) say({ seen: true });
    bubbles = received();
  });
  document.addEventListener("input", (event) => {
    if (event.target.id !== "composer-text" || document.querySelector("#composer [value=note]").checked) return;
    wroteAt = event.target.value ? Date.now() : 0;
    if (said !== doing()) say();
  });
  document.addEventListener("written", () => (wroteAt = 0));
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : say({ seen: true })));
  window.addEventListener("pagehide", leave);
  setInterval(say, EVERY);
  if (pane()) say({ seen: true });
  bubbles = received();
})();
