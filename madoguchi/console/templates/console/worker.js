{% load static %}// Nothing of a customer is ever kept here: pages come from the network. The cache has the page that says "offline", and
// one's own QR code, once it was opened: counters stand in cellars. Signing out empties it (Clear-Site-Data).
const CACHE = "offline-1", OWN = "own-1";
const OFFLINE = "{{ offline }}", CODE = "{{ code }}";

async function ownCode(request) {
  const cache = await caches.open(OWN);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(request, answer.clone());
    return answer;
  } catch {
    return (await cache.match(request)) ?? (await cache.match(CODE)) ?? caches.match(OFFLINE);
  }
}

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([OFFLINE{% for name in stylesheets %}, "{% static 'console/css/' %}{{ name }}.css"{% endfor %}])));
  self.skipWaiting();
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate" && new URL(event.request.url).pathname === CODE) {
    event.respondWith(ownCode(event.request));
  } else if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
  } else if (event.request.destination === "style") {
    event.respondWith(fetch(event.request).catch(() => caches.match(event.request)));
  }
});
self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  const shown = { body, tag, data: { url }, icon: "{% url 'app_icon' 'any' 192 %}", badge: "{% url 'app_icon' 'maskable' 192 %}" };
  event.waitUntil(self.registration.showNotification(title, shown));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  event.waitUntil(self.clients.matchAll({ type: "window" }).then((open) => {
    const [page] = open;
    return page ? page.focus().then(() => page.navigate(url)) : self.clients.openWindow(url);
  }));
});
