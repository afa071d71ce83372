// Notifications on this device: asks for the permission when somebody taps the button, never by itself.
// The page knows the devices of whoever is signed in (by digest): what a browser has from somebody else, or what the server
// has forgotten, is not "on".
(() => {
  const isPossible = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  async function send(address, method, body) {
    const headers = { "X-CSRFToken": token(), "Content-Type": "application/json" };
    const answer = await fetch(address, { method, body: body && JSON.stringify(body), headers });
    if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  }
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  async function digest(text) {
    const made = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return Array.from(made, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function current(panel) {
    const made = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
    if (!made || panel.dataset.devices.split(" ").includes(await digest(made.endpoint))) return made;
    await made.unsubscribe();
    return null;
  }

  async function turnOn(panel) {
    if ((await Notification.requestPermission()) !== "granted") return;
    const { key } = await (await fetch(panel.dataset.key)).json();
    const worker = await navigator.serviceWorker.ready;
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    await send(panel.dataset.subscription, "POST", made.toJSON());
    panel.dataset.devices += ` ${await digest(made.endpoint)}`;
  }

  async function turnOff(panel) {
    const made = await current(panel);
    if (!made) return;
    await send(panel.dataset.subscription, "DELETE", { endpoint: made.endpoint });
    await made.unsubscribe();
  }

  async function show(panel) {
    const state = !isPossible ? "impossible" : Notification.permission === "denied" ? "denied" : (await current(panel)) ? "on" : "off";
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
    await show(panel);
  });
  document.querySelectorAll("[data-alerts-panel]").forEach(show);
})();
