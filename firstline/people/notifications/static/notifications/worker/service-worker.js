/* Shows what the server pushes, and opens it. It keeps no pages: nothing of a ticket stays on a lost phone. */
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let news = {};
  try { news = event.data?.json() ?? {}; } catch { /* not from us */ }
  const title = typeof news.title === "string" ? news.title : "Firstline";
  event.waitUntil(self.registration.showNotification(title, { body: news.body ?? "", tag: news.tag, renotify: Boolean(news.tag), data: { url: news.url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/notices", self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil((async () => {
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const open = windows.find((each) => new URL(each.url).pathname === url.pathname);
    return open ? open.focus() : self.clients.openWindow(url.href);
  })());
});
