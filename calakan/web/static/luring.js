/* Keeps own pages and files on this phone: <form data-luring="whose" data-di="own path" data-pekerja="worker">
   with inputs named "alamat", a [data-keadaan] and a button [data-hapus].
   Only whoever asks for it keeps anything; logging out, or somebody else who logs in, ends it. */
(function() {
  var d = document,
    f = d.querySelector('form[data-luring]'),
    NAME = f && 'saya-' + f.dataset.luring;
  if (!f || !window.caches || !('serviceWorker' in navigator)) return;
  var told = f.querySelector('[data-keadaan]'),
    end = f.querySelector('[data-hapus]'),
    boxes = [].slice.call(f.querySelectorAll('[name=alamat]'));

  function path(address) {
    var url = new URL(address, location.href);
    return url.pathname + url.search
  }

  function held() {
    return caches.has(NAME).then(function(yes) {
      return yes ? caches.open(NAME).then(function(cache) {
        return cache.keys()
      }) : []
    }).then(function(requests) {
      return requests.map(function(request) {
        return path(request.url)
      })
    })
  }

  function show() {
    return held().then(function(have) {
      var some = have.length > 0;
      boxes.forEach(function(box) {
        if (box.type === 'checkbox' && some) box.checked = have.indexOf(path(box.value)) >= 0
      });
      end.hidden = !some;
      d.querySelectorAll('[data-isi]').forEach(function(link) {
        link.parentNode.hidden = have.indexOf(path(link.href)) < 0
      });
      d.querySelector('[data-tersimpan]').hidden = !some;
      return have
    })
  }

  function wanted() {
    return boxes.filter(function(box) {
      return box.type !== 'checkbox' || box.checked
    }).map(function(box) {
      return path(box.value)
    })
  }

  function keep(cache, address) {
    return fetch(address, {
      cache: 'reload',
      headers: {
        'X-Requested-With': 'fetch'
      }
    }).then(function(answer) {
      if (!answer.ok || answer.redirected) throw 0;
      return cache.put(address, answer)
    })
  }

  function fill(cache, all) {
    var failed = 0,
      done = 0;
    return all.reduce(function(before, address) {
      return before.then(function() {
        return keep(cache, address).catch(function() {
          failed += 1
        })
      }).then(function() {
        done += 1;
        told.textContent = 'Menyimpan ' + done + ' dari ' + all.length + '…'
      })
    }, Promise.resolve()).then(function() {
      told.textContent = failed ?
        failed + ' belum tersimpan karena sinyal putus. Ketuk Simpan sekali lagi.' :
        'Tersimpan. Halaman ini dan isinya dapat dibuka tanpa sinyal.'
    })
  }
  f.addEventListener('submit', function(e) {
    e.preventDefault();
    var all = wanted();
    told.textContent = 'Menyimpan…';
    navigator.serviceWorker.register(f.dataset.pekerja, {
      scope: '/'
    }).then(function() {
      return caches.open(NAME)
    }).then(function(cache) {
      return cache.keys().then(function(old) {
        return Promise.all(old.filter(function(request) {
          return all.indexOf(path(request.url)) < 0
        }).map(function(request) {
          return cache.delete(request)
        }))
      }).then(function() {
        return fill(cache, all)
      })
    }).catch(function() {
      told.textContent = 'HP ini tidak dapat menyimpan: ruangnya penuh, atau Chrome dalam mode samaran.'
    }).then(show)
  });
  end.addEventListener('click', function() {
    caches.delete(NAME).then(function() {
      told.textContent = 'Dihapus dari HP ini.';
      return show()
    })
  });
  f.hidden = false;
  d.querySelector('[data-tanpa]').hidden = true;
  show();
  /* in the place of a page that is not kept, or by what the phone knows itself */
  if (!navigator.onLine || location.pathname !== f.dataset.di) d.querySelector('[data-putus]').hidden = false
})();
