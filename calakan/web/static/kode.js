/* A typed code outlives a bad line: <form data-kode="whose"> with <p data-keadaan> and a hidden "kunci".
   What was typed is kept on this phone, sent again until an answer comes, and counted once by its key.
   Without this file the button sends it. */
(function() {
  var d = document,
    f = d.querySelector('form[data-kode]');
  if (!f || !f.elements.kode) return;
  var NAME = 'calakan-kode',
    KEPT = 6 * 3600 * 1000,
    told = f.querySelector('[data-keadaan]'),
    wait = 2000,
    busy = false,
    renewed = false,
    timer;

  function kept() {
    try {
      var k = JSON.parse(localStorage.getItem(NAME));
      return k && k.who === f.dataset.kode && Date.now() - k.at < KEPT ? k : null
    } catch (e) {
      return null
    }
  }

  function keep(k) {
    try {
      if (k) localStorage.setItem(NAME, JSON.stringify(k));
      else localStorage.removeItem(NAME)
    } catch (e) {}
  }

  function key() {
    var a = new Uint8Array(16);
    crypto.getRandomValues(a);
    return Array.from(a, function(n) {
      return ('0' + n.toString(16)).slice(-2)
    }).join('')
  }

  /* a page that was kept for days has an old token: the same page, asked anew, has one of today */
  function renew() {
    return fetch(location.href).then(function(r) {
      return r.text()
    }).then(function(t) {
      var found = new DOMParser().parseFromString(t, 'text/html').querySelector('form[data-kode]');
      if (!found || found.dataset.kode !== f.dataset.kode) throw 0;
      f.elements.csrf_token.value = found.elements.csrf_token.value;
      renewed = true
    })
  }

  function send(k) {
    clearTimeout(timer);
    if (busy) return;
    busy = true;
    told.textContent = 'Mengirim…';
    f.elements.kode.value = k.code;
    f.elements.kunci.value = k.key;
    fetch(f.action, {
      method: 'POST',
      body: new URLSearchParams(new FormData(f)),
      headers: {
        'X-Requested-With': 'fetch'
      },
      signal: window.AbortSignal && AbortSignal.timeout ? AbortSignal.timeout(15000) : undefined
    }).then(function(r) {
      if (r.status >= 500) throw 0;
      if (r.status === 400 && !renewed) return renew().then(function() {
        busy = false;
        send(k)
      });
      keep(null);
      if (r.ok && !r.redirected) return r.text().then(function(t) {
        location.assign(t)
      });
      /* the answer is a page: the button fetches the same one, and the key keeps it one guess */
      f.submit()
    }).catch(function() {
      busy = false;
      told.textContent = 'Belum terkirim, menunggu sinyal. Kode tersimpan di HP ini dan dikirim lagi sendiri.';
      timer = setTimeout(send, wait, k);
      wait = Math.min(wait * 2, 30000)
    })
  }
  f.addEventListener('submit', function(e) {
    var k = {
      who: f.dataset.kode,
      code: f.elements.kode.value,
      key: key(),
      at: Date.now()
    };
    e.preventDefault();
    keep(k);
    send(k)
  });
  window.addEventListener('online', function() {
    var k = kept();
    wait = 2000;
    if (k) send(k)
  });
  var left = kept();
  if (left) send(left)
})();
