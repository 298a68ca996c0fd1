/* The page of message settings: what this browser can do with notifications is shown. The form is an ordinary one. */
(function() {
  'use strict';
  var box = document.querySelector('[data-notifikasi]');
  if (!box || !box.dataset.notifikasi) return;

  function show(name) {
    box.hidden = false;
    var e = box.querySelector('[data-' + name + ']');
    if (e) e.hidden = false;
    return e
  }
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) {
    if (/iPhone|iPad/.test(navigator.userAgent) && !navigator.standalone) show('pasang');
    return
  }
  if (Notification.permission === 'denied') {
    show('ditolak');
    return
  }

  function key(text) {
    return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), function(c) {
      return c.charCodeAt(0)
    })
  }

  function plain(buffer) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_')
      .replace(/=+$/, '')
  }

  function registered() {
    return navigator.serviceWorker.register(box.dataset.pekerja, {
      scope: box.dataset.lingkup
    })
  }

  function ready(reg) {
    return reg.active ? Promise.resolve(reg) : new Promise(function(yes) {
      var w = reg.installing || reg.waiting;
      w.addEventListener('statechange', function() {
        if (w.state === 'activated') yes(reg)
      })
    })
  }
  registered().then(ready).then(function(reg) {
    return reg.pushManager.getSubscription().then(function(held) {
      var mine = held && [].slice.call(box.querySelectorAll('form[data-alamat]')).filter(function(f) {
        return f.dataset.alamat === held.endpoint
      })[0];
      if (mine) {
        box.hidden = false;
        mine.querySelector('[data-ini]').hidden = false;
        mine.addEventListener('submit', function() {
          held.unsubscribe()
        });
        return
      }
      var form = show('aktifkan');
      form.addEventListener('submit', function(e) {
        if (form.elements.endpoint.value) return;
        e.preventDefault();
        e.stopPropagation();
        Notification.requestPermission().then(function(said) {
          if (said !== 'granted') {
            form.hidden = true;
            show('ditolak');
            return
          }
          return (held ? held.unsubscribe() : Promise.resolve()).then(function() {
            return reg.pushManager.subscribe({
              userVisibleOnly: true,
              applicationServerKey: key(box.dataset.notifikasi)
            })
          }).then(function(sub) {
            form.elements.endpoint.value = sub.endpoint;
            form.elements['public'].value = plain(sub.getKey('p256dh'));
            form.elements.auth.value = plain(sub.getKey('auth'));
            form.requestSubmit()
          })
        }).catch(function() {
          show('gagal')
        })
      })
    })
  }).catch(function() {});
})();
