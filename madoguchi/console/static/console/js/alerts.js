// Notifications on this device: asks for the permission when somebody taps the button, never by itself.
(() => {
  const isPossible = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const send = (address, method, body) =>
    fetch(address, { method, body: body && JSON.stringify(body), headers: { "X-CSRFToken": token(), "Content-Type": "application/json" } });
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const current = async () => (await navigator.serviceWorker.ready).pushManager.getSubscription();

  async function turnOn(panel) {
    if ((await Notification.requestPermission()) !== "granted") return;
    const { key } = await (await fetch(panel.dataset.key)).json();
    const worker = await navigator.serviceWorker.ready;
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    await send(panel.dataset.subscription, "POST", made.toJSON());
  }

  async function turnOff(panel) {
    const made = await current();
    if (!made) return;
    await send(panel.dataset.subscription, "DELETE", { endpoint: made.endpoint });
    await made.unsubscribe();
  }

  async function show(panel) {
    const state = !isPossible ? "impossible" : Notification.permission === "denied" ? "denied" : (await current()) ? "on" : "off";
    for (const part of panel.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-alerts]");
    const panel = button?.closest("[data-alerts-panel]");
    if (!panel) return;
    button.disabled = true;
    try {
      await { on: turnOn, off: turnOff, test: () => send(panel.dataset.test, "POST") }[button.dataset.alerts](panel);
    } catch {
      document.getElementById("toasts").append(document.getElementById("toast-unreachable").content.cloneNode(true));
    }
    button.disabled = false;
    show(panel);
  });
  document.querySelectorAll("[data-alerts-panel]").forEach(show);
})();
