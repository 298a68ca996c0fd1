/* Parts of a page that renew themselves: <div data-segar="address" data-setiap="seconds">.
   Without this file there is a link to load the page again. */
(function() {
  var d = document;
  /* counts down from the seconds that the server gave, so a phone with a wrong clock is no matter */
  function ticks(e) {
    e.querySelectorAll('[data-sisa]').forEach(function(b) {
      var end = performance.now() + b.dataset.sisa * 1000;
      b._t = function() {
        var s = Math.max(0, Math.round((end - performance.now()) / 1000));
        b.textContent = (s / 60 | 0) + ':' + ('0' + s % 60).slice(-2)
      }
    })
  }
  setInterval(function() {
    d.querySelectorAll('[data-sisa]').forEach(function(b) {
      if (b._t) b._t()
    })
  }, 1000);
  d.querySelectorAll('[data-segar]').forEach(function(e) {
    var every = e.dataset.setiap * 1000,
      wait = every,
      timer;
    ticks(e);

    function next() {
      clearTimeout(timer);
      if (!d.hidden) timer = setTimeout(ask, wait)
    }

    function ask() {
      fetch(e.dataset.segar, {
        headers: {
          'X-Requested-With': 'fetch'
        }
      }).then(function(r) {
        if (r.redirected || r.status === 204 || r.status === 403 || r.status === 404) {
          location.reload();
          return
        }
        if (!r.ok) throw 0;
        return r.text().then(function(t) {
          wait = every;
          e.innerHTML = t;
          ticks(e);
          next()
        })
      }).catch(function() {
        wait = Math.min(wait * 2, 60000);
        next()
      })
    }
    d.addEventListener('visibilitychange', function() {
      if (d.hidden) clearTimeout(timer);
      else ask()
    });
    next()
  });
  /* an example of what is typed: <output data-contoh="address" data-dari="names of fields …">, asked of the server */
  d.querySelectorAll('[data-contoh]').forEach(function(e) {
    var f = e.closest('form'),
      names = e.dataset.dari.split(' '),
      timer;
    f.addEventListener('input', function(ev) {
      if (names.indexOf(ev.target.name) < 0) return;
      clearTimeout(timer);
      timer = setTimeout(function() {
        var body = new FormData();
        names.concat('csrf_token').forEach(function(n) {
          body.append(n, f.elements[n].value)
        });
        fetch(e.dataset.contoh, {
          method: 'POST',
          body: body
        }).then(function(r) {
          return r.ok && !r.redirected ? r.text() : e.textContent
        }).then(function(t) {
          e.textContent = t
        }).catch(function() {})
      }, 250)
    })
  });
  /* schools that match what is typed */
  d.querySelectorAll('[data-sekolah]').forEach(function(e) {
    var pick = e.form.elements.school_id,
      timer, asked = 0;
    e.addEventListener('input', function() {
      clearTimeout(timer);
      timer = setTimeout(function() {
        var turn = ++asked;
        if (e.value.trim().length < 3) return;
        fetch(e.dataset.sekolah + '?q=' + encodeURIComponent(e.value)).then(function(r) {
          return r.ok && !r.redirected ? r.json() : null
        }).then(function(rows) {
          if (!rows || turn !== asked) return;
          pick.replaceChildren(new Option(rows.length ? rows.length + ' sekolah cocok, pilih satu' :
            'Tidak ada yang cocok', ''));
          rows.forEach(function(s) {
            pick.add(new Option(s.name + ' – ' + s.kecamatan, s.id))
          });
          if (rows.length === 1) pick.selectedIndex = 1
        }).catch(function() {})
      }, 300)
    })
  });
  /* the whole screen */
  d.querySelectorAll('[data-layar]').forEach(function(b) {
    if (!d.documentElement.requestFullscreen) return;
    b.hidden = false;
    b.addEventListener('click', function() {
      d.fullscreenElement ? d.exitFullscreen() : d.querySelector(b.dataset.layar).requestFullscreen()
    })
  });
})();
