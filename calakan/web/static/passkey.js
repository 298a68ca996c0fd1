/* Passkeys: <form data-passkey="where it is said what to sign" hidden> with a hidden "answer" and <p data-keadaan>.
   It shows itself where the browser knows passkeys; [data-tanpa-passkey] stands there for the others. */
(function() {
  'use strict';
  var d = document;
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  function bytes(text) {
    return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), function(c) {
      return c.charCodeAt(0)
    })
  }

  function text(buffer) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer)))
      .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  }

  /* the members of JSON that are bytes, in and out (WebAuthn 5.1.8) */
  function asked(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    ['excludeCredentials', 'allowCredentials'].forEach(function(name) {
      (options[name] || []).forEach(function(key) {
        key.id = bytes(key.id)
      })
    });
    return {
      publicKey: options
    }
  }

  function answered(key) {
    var response = {};
    ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'].forEach(function(name) {
      if (key.response[name]) response[name] = text(key.response[name])
    });
    return JSON.stringify({
      id: key.id,
      rawId: text(key.rawId),
      type: key.type,
      response: response
    })
  }

  function why(error) {
    if (typeof error === 'string') return error;
    if (error.name === 'InvalidStateError') return 'Perangkat ini sudah punya passkey untuk akun ini.';
    return 'Belum jadi. Coba sekali lagi, atau pakai cara lain.'
  }

  function start(f) {
    var told = f.querySelector('[data-keadaan]'),
      button = f.querySelector('button');
    button.disabled = true;
    told.textContent = 'Ikuti petunjuk di layar perangkat.';
    fetch(f.dataset.passkey, {
      method: 'POST',
      body: new URLSearchParams({
        csrf_token: f.elements.csrf_token.value
      })
    }).then(function(r) {
      if (r.redirected) return location.reload();
      if (r.status === 409) return r.text().then(function(t) {
        throw t
      });
      if (!r.ok) throw r;
      return r.json().then(function(options) {
        var what = asked(options);
        return options.user ? navigator.credentials.create(what) : navigator.credentials.get(what)
      }).then(function(key) {
        f.elements.answer.value = answered(key);
        f.submit()
      })
    }).catch(function(error) {
      button.disabled = false;
      told.textContent = why(error)
    })
  }
  d.querySelectorAll('form[data-passkey]').forEach(function(f) {
    f.hidden = false;
    f.addEventListener('submit', function(e) {
      e.preventDefault();
      e.stopPropagation();
      start(f)
    })
  });
  d.querySelectorAll('form[data-passkey] ~ [data-tanpa-passkey]').forEach(function(p) {
    p.hidden = true
  })
})();
