/* Shows notifications that arrive, and opens their page when they are tapped. Keeps nothing.
   ICON and HOME are written by the server above this line. */
'use strict';
self.addEventListener('install', function() {
  self.skipWaiting()
});
self.addEventListener('activate', function(e) {
  e.waitUntil(self.clients.claim())
});
self.addEventListener('push', function(e) {
  var said = {};
  try {
    said = e.data ? e.data.json() : {}
  } catch (x) {}
  e.waitUntil(self.registration.showNotification(said.title || 'Pesan baru', {
    body: said.body || 'Ada pesan baru.',
    tag: said.tag || 'calakan',
    data: {
      url: said.url || HOME
    },
    lang: 'id',
    icon: ICON
  }))
});
self.addEventListener('notificationclick', function(e) {
  e.notification.close();
  var url = new URL(e.notification.data.url, location.origin);
  if (url.origin !== location.origin) url = new URL(HOME, location.origin);
  e.waitUntil(self.clients.matchAll({
    type: 'window',
    includeUncontrolled: true
  }).then(function(all) {
    for (var n = 0; n < all.length; n++)
      if (all[n].url === url.href) return all[n].focus();
    return self.clients.openWindow(url.href)
  }))
});
