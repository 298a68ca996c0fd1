/* The page of a check works without a connection: kept once, used while the network is away.
   VERSION, FILES, KEYS and OFFLINE are written by the server above this line. */
'use strict';
self.addEventListener('install', function(e) {
  e.waitUntil(caches.open(VERSION).then(function(c) {
    return Promise.all(FILES.map(function(u) {
      return fetch(new Request(u, {
        credentials: 'omit',
        cache: 'reload'
      })).then(function(a) {
        if (!a.ok) throw Error(u);
        return c.put(u, a)
      })
    }))
  }).then(function() {
    return self.skipWaiting()
  }))
});
self.addEventListener('activate', function(e) {
  e.waitUntil(caches.keys().then(function(all) {
    return Promise.all(all.filter(function(n) {
      return n.indexOf('periksa-') === 0 && n !== VERSION
    }).map(function(n) {
      return caches.delete(n)
    }))
  }).then(function() {
    return self.clients.claim()
  }))
});

function slow(request, ms) {
  return new Promise(function(yes, no) {
    var t = setTimeout(function() {
      no(Error('slow'))
    }, ms);
    fetch(request).then(function(a) {
      clearTimeout(t);
      yes(a)
    }, no)
  })
}
self.addEventListener('fetch', function(e) {
  var url = new URL(e.request.url);
  if (e.request.method !== 'GET' || url.origin !== location.origin) return;
  if (url.pathname === KEYS) {
    e.respondWith(slow(e.request, 4000).then(function(a) {
      if (!a.ok) throw 0;
      var copy = a.clone();
      caches.open(VERSION).then(function(c) {
        c.put(KEYS, copy)
      });
      return a
    }).catch(function() {
      return caches.match(KEYS)
    }));
    return
  }
  if (e.request.mode === 'navigate') {
    e.respondWith(slow(e.request, 8000).catch(function() {
      return caches.match(OFFLINE)
    }));
    return
  }
  if (FILES.indexOf(url.pathname) >= 0) e.respondWith(caches.match(url.pathname).then(function(a) {
    return a || fetch(e.request)
  }))
});
