/* Own pages and files that were kept on this phone (luring.js) open where there is no signal.
   Only what was kept is answered from here, and only while the network is away; what is kept is kept fresh on the way.
   ASSETS and OFFLINE are written by the server above this line. */
'use strict';
(function() {
  var PATIENCE = 8000;

  function kept() {
    return caches.keys().then(function(names) {
      var mine = names.filter(function(name) {
        return name.indexOf('saya-') === 0
      })[0];
      return mine ? caches.open(mine) : null
    })
  }

  function find(cache, request) {
    return cache.match(request, {
      ignoreVary: true
    })
  }

  function fromNetwork(request) {
    return new Promise(function(yes, no) {
      var timer = setTimeout(function() {
        no(Error('slow'))
      }, PATIENCE);
      fetch(request).then(function(answer) {
        clearTimeout(timer);
        yes(answer)
      }, no)
    })
  }

  function renewed(cache, request, answer) {
    if (!answer.ok || answer.redirected || answer.type !== 'basic') return answer;
    var copy = answer.clone();
    return find(cache, request).then(function(old) {
      return old ? cache.put(request.url, copy) : null
    }).then(function() {
      return answer
    }, function() {
      return answer
    })
  }

  function page(cache, request) {
    return fromNetwork(request).then(function(answer) {
      return renewed(cache, request, answer)
    }, function(lost) {
      return find(cache, request).then(function(old) {
        return old || cache.match(OFFLINE)
      }).then(function(old) {
        if (old) return old;
        throw lost
      })
    })
  }

  self.addEventListener('install', function() {
    self.skipWaiting()
  });
  self.addEventListener('activate', function(e) {
    e.waitUntil(self.clients.claim())
  });
  self.addEventListener('fetch', function(e) {
    var url = new URL(e.request.url);
    if (e.request.method !== 'GET' || url.origin !== location.origin) return;
    var part = url.pathname.indexOf(ASSETS) === 0;
    if (e.request.mode !== 'navigate' && !part) return;
    e.respondWith(kept().then(function(cache) {
      if (!cache) return fetch(e.request);
      if (!part) return page(cache, e.request);
      return find(cache, e.request).then(function(old) {
        return old || fetch(e.request)
      })
    }))
  })
})();
