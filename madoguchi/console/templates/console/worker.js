{% load static %}// Nothing of a customer is ever kept here: pages come from the network. The cache has the page that says "offline", and
// one's own QR code, once it was opened: counters stand in cellars. Signing out empties it (Clear-Site-Data).
const CACHE = "offline-1", OWN = "own-1", PATIENCE = 2_500;
const OFFLINE = "{{ offline }}", CODE = "{{ code }}", WORK = /^\/(today|inbox|conversations)\b/;

// A customer stands there with their phone up: where the network is weak, the code that is kept does not wait for it.
async function ownCode(event) {
  const { request } = event, cache = await caches.open(OWN);
  const kept = (await cache.match(request)) ?? (await cache.match(CODE, { ignoreSearch: true }));
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok && !answer.redirected) await cache.put(request, answer.clone());
    return answer;
  });
  event.waitUntil(fresh.catch(() => {}));
  if (!kept) return fresh.catch(() => caches.match(OFFLINE));
  return Promise.race([fresh, new Promise((done) => setTimeout(done, PATIENCE, kept))]).catch(() => kept);
}

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([OFFLINE{% for name in stylesheets %}, "{% static 'console/css/' %}{{ name }}.css"{% endfor %}, "{% static 'console/js/awake.js' %}"])));
  self.skipWaiting();
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate" && new URL(event.request.url).pathname === CODE) {
    event.respondWith(ownCode(event));
  } else if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
  } else if (["style", "script"].includes(event.request.destination)) {
    event.respondWith(fetch(event.request).catch(() => caches.match(event.request).then((kept) => kept ?? Response.error())));
  }
});
self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  const shown = { body, tag, data: { url }, icon: "{% url 'app_icon' 'any' 192 %}", badge: "{% url 'app_icon' 'maskable' 192 %}" };
  event.waitUntil(self.registration.showNotification(title, shown));
});
// In a tab that shows it already, else in one that shows this kind of work: a form half filled in elsewhere stays as it is.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data, path = (page) => new URL(page.url).pathname;
  event.waitUntil(self.clients.matchAll({ type: "window" }).then(async (open) => {
    const page = open.find((each) => path(each) === url) ?? open.find((each) => WORK.test(path(each)));
    if (!page) return self.clients.openWindow(url);
    await page.focus();
    if (path(page) !== url) await page.navigate(url).catch(() => self.clients.openWindow(url));
  }));
});
