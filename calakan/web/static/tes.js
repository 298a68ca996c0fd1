/* Answers of a test are saved one by one: <form data-simpan="address"> with <p data-keadaan>.
   Without this file the button does it. */
(function() {
  var d = document,
    f = d.querySelector('form[data-simpan]');
  if (!f) return;
  var told = f.querySelector('[data-keadaan]'),
    waiting = {},
    timer, wait = 2000,
    busy = false;

  function tell(t) {
    told.textContent = t
  }

  function send() {
    clearTimeout(timer);
    var names = Object.keys(waiting);
    if (busy || !names.length) return;
    var body = new URLSearchParams({
        csrf_token: f.elements.csrf_token.value
      }),
      sent = {};
    names.forEach(function(n) {
      sent[n] = waiting[n];
      body.delete(n);
      JSON.parse(waiting[n]).forEach(function(v) {
        body.append(n, v)
      })
    });
    busy = true;
    tell('Menyimpan…');
    fetch(f.dataset.simpan, {
      method: 'POST',
      body: body,
      headers: {
        'X-Requested-With': 'fetch'
      }
    }).then(function(r) {
      if (r.status === 409) return r.text().then(function(t) {
        waiting = {};
        tell(t)
      });
      if (r.status !== 204) throw 0;
      wait = 2000;
      names.forEach(function(n) {
        if (waiting[n] === sent[n]) delete waiting[n]
      });
      tell(Object.keys(waiting).length ? 'Menyimpan…' : 'Tersimpan.')
    }).catch(function() {
      tell('Belum tersimpan, menunggu sinyal. Jangan tutup halaman ini.');
      timer = setTimeout(send, wait);
      wait = Math.min(wait * 2, 30000)
    }).then(function() {
      busy = false;
      if (Object.keys(waiting).length && wait === 2000) send()
    })
  }
  /* All fields of a question go together: what is no longer ticked is told, too. */
  function note(e) {
    var set = e.target.closest('fieldset');
    if (!set) return false;
    var all = new FormData(f);
    set.querySelectorAll('[name]').forEach(function(x) {
      waiting[x.name] = JSON.stringify(all.getAll(x.name))
    });
    return true
  }
  f.addEventListener('change', function(e) {
    if (note(e)) send()
  });
  f.addEventListener('input', function(e) {
    if (e.target.type === 'text' && note(e)) {
      clearTimeout(timer);
      timer = setTimeout(send, 1500)
    }
  });
  window.addEventListener('online', function() {
    wait = 2000;
    send()
  });
  window.addEventListener('beforeunload', function(e) {
    if (Object.keys(waiting).length && !f.dataset.sent) e.preventDefault()
  });
})();
