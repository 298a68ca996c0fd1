/* Memeriksa sertifikat di peramban: sidik berkas PDF dan tanda tangan Ed25519 pada teks QR. Berkas tidak dikirim ke mana pun. */
(function() {
  'use strict';
  var d = document,
    subtle = window.crypto && window.crypto.subtle,
    enc = new TextEncoder();
  var PERAN = {
    peserta: 'peserta',
    narasumber: 'narasumber',
    moderator: 'moderator',
    panitia: 'panitia',
    hadir: 'peserta (hadir sebagian)'
  };
  var ABJAD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

  /* ---- bita ---- */
  function hex(b) {
    return Array.from(b, function(x) {
      return x.toString(16).padStart(2, '0')
    }).join('')
  }

  function join() {
    var n = 0,
      at = 0,
      i, out;
    for (i = 0; i < arguments.length; i++) n += arguments[i].length;
    out = new Uint8Array(n);
    for (i = 0; i < arguments.length; i++) {
      out.set(arguments[i], at);
      at += arguments[i].length
    }
    return out
  }

  function base32(text) {
    var out = [],
      bits = 0,
      held = 0,
      i, v;
    for (i = 0; i < text.length; i++) {
      v = ABJAD.indexOf(text[i]);
      if (v < 0) throw Error('huruf');
      held = held << 5 | v;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        out.push(held >> bits & 255)
      }
      held &= (1 << bits) - 1
    }
    return new Uint8Array(out)
  }

  function base64(text) {
    return Uint8Array.from(atob(text), function(c) {
      return c.charCodeAt(0)
    })
  }

  /* ---- CBOR: larik berisi bilangan, teks, bita ---- */
  function cbor(b) {
    var at = 0;

    function head() {
      var m = b[at] >> 5,
        l = b[at] & 31,
        n, v = 0;
      at++;
      if (l < 24) return [m, l];
      if (l > 26) throw Error('bilangan');
      for (n = 1 << l - 24; n--;) v = v * 256 + b[at++];
      return [m, v]
    }
    var h = head(),
      out = [];
    if (h[0] !== 4 || h[1] > 20) throw Error('larik');
    for (var i = 0; i < h[1]; i++) {
      var p = head();
      if (p[0] === 0) {
        out.push(p[1]);
        continue
      }
      if (p[0] !== 2 && p[0] !== 3 || at + p[1] > b.length) throw Error('potong');
      var s = b.slice(at, at + p[1]);
      at += p[1];
      out.push(p[0] === 3 ? new TextDecoder('utf-8', {
        fatal: true
      }).decode(s) : s)
    }
    if (at !== b.length) throw Error('lebih');
    return out
  }

  /* ---- Ed25519 (RFC 8032): bawaan peramban, atau hitungan sendiri pada peramban lama ---- */
  function big(s) {
    return BigInt(s)
  }

  function curve() {
    var P = big(2) ** big(255) - big(19),
      L = big(2) ** big(252) + big('27742317777372353535851937790883648493'),
      Z = big(0),
      E = big(1),
      T = big(2);

    function mod(a, m) {
      a %= m || P;
      return a < Z ? a + (m || P) : a
    }

    function pow(a, e) {
      var r = E;
      for (a = mod(a); e > Z; e >>= E) {
        if (e & E) r = mod(r * a);
        a = mod(a * a)
      }
      return r
    }
    var D = mod(-big(121665) * pow(big(121666), P - T)),
      I = pow(T, (P - E) / big(4));

    function add(p, q) {
      var a = mod((p[1] - p[0]) * (q[1] - q[0])),
        b = mod((p[1] + p[0]) * (q[1] + q[0])),
        c = mod(T * p[3] * q[3] * D),
        e = mod(T * p[2] * q[2]),
        f = b - a,
        g = e - c,
        h = e + c,
        k = b + a;
      return [mod(f * g), mod(h * k), mod(g * h), mod(f * k)]
    }

    function mul(p, n) {
      var r = [Z, E, E, Z];
      for (; n > Z; n >>= E) {
        if (n & E) r = add(r, p);
        p = add(p, p)
      }
      return r
    }

    function num(b) {
      return big('0x' + hex(Uint8Array.from(b).reverse()))
    }

    function point(b) {
      var c = Uint8Array.from(b),
        s = c[31] >> 7;
      c[31] &= 127;
      var y = num(c);
      if (y >= P) return null;
      var u = mod(y * y - E),
        v = mod(D * y * y + E),
        x = mod(u * pow(v, big(3)) * pow(u * pow(v, big(7)), (P - big(5)) / big(8)));
      if (mod(v * x * x) !== mod(u)) {
        if (mod(v * x * x) !== mod(-u)) return null;
        x = mod(x * I)
      }
      if (x === Z && s) return null;
      if (Number(x & E) !== s) x = mod(-x);
      return [x, y, E, mod(x * y)]
    }
    var by = mod(big(4) * pow(big(5), P - T)),
      bb = new Uint8Array(32),
      i, y = by;
    for (i = 0; i < 32; i++) {
      bb[i] = Number(y & big(255));
      y >>= big(8)
    }
    return {
      verify: async function(key, sig, data) {
        var A = point(key),
          R = point(sig.slice(0, 32)),
          S = num(sig.slice(32));
        if (!A || !R || S >= L) return false;
        var k = mod(num(new Uint8Array(await subtle.digest('SHA-512', join(sig.slice(0, 32), key, data)))), L),
          l = mul(point(bb), S),
          r = add(R, mul(A, k));
        return mod(l[0] * r[2]) === mod(r[0] * l[2]) && mod(l[1] * r[2]) === mod(r[1] * l[2])
      }
    }
  }
  async function verify(key, sig, data) {
    try {
      var k = await subtle.importKey('raw', key, {
        name: 'Ed25519'
      }, false, ['verify']);
      return await subtle.verify({
        name: 'Ed25519'
      }, k, sig, data)
    } catch (e) {
      return curve().verify(key, sig, data)
    }
  }

  /* ---- teks QR ---- */
  async function keys() {
    var a = await fetch('/periksa/kunci.json', {
      credentials: 'omit'
    });
    if (!a.ok) throw Error('kunci');
    return (await a.json()).keys
  }

  function day(n) {
    return new Date(Date.UTC(2000, 0, 1) + n * 864e5).toLocaleDateString('id-ID', {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC'
    })
  }
  async function readQr(text, list) {
    var cut = text.trim().split('#'),
      code = cut[0].replace(/\/+$/, '').split('/').pop().toUpperCase();
    if (cut.length !== 2) throw Error('bukan');
    var signed = base32(cut[1].toUpperCase()),
      body = signed.slice(0, -64),
      sig = signed.slice(-64),
      v = cbor(body);
    if (v[0] !== 1) throw Error('versi');
    var kid = hex(v[1]),
      key = list.find(function(k) {
        return k.purpose === 'code' && k.kid === kid
      });
    if (!key) throw Error('kunci asing');
    if (!await verify(base64(key.public[0]), sig, join(enc.encode('calakan-qr-1\0' + code), body))) throw Error(
      'tanda tangan');
    return {
      code: code,
      name: v[2],
      number: v[3],
      revision: v[4],
      role: v[5],
      jp: v[6],
      first: day(v[7]),
      last: day(v[8]),
      specimen: !!(v[9] & 1),
      key: key
    }
  }

  /* ---- tampilan ---- */
  function el(tag, cls, text) {
    var e = d.createElement(tag);
    if (cls) e.className = cls;
    if (text != null) e.textContent = text;
    return e
  }

  function icon(name) {
    var s = d.createElementNS('http://www.w3.org/2000/svg', 'svg'),
      u = d.createElementNS('http://www.w3.org/2000/svg', 'use'),
      from = d.querySelector('[data-ikon]');
    s.setAttribute('class', 'i');
    s.setAttribute('aria-hidden', 'true');
    u.setAttribute('href', from.dataset.ikon + '#' + name);
    s.appendChild(u);
    return s
  }

  function say(box, kind, title, text, rows, link) {
    var v = el('div', 'verdict' + (kind === 'ok' ? '' : kind === 'err' ? ' verdict-err' : ' verdict-q')),
      in_ = el('div');
    v.appendChild(icon(kind === 'ok' ? 'shield-check' : kind === 'err' ? 'shield-x' : 'shield-question-mark'));
    in_.appendChild(el('h2', '', title));
    in_.appendChild(el('p', '', text));
    v.appendChild(in_);
    box.replaceChildren(v);
    if (rows && rows.length || link) {
      var p = el('div', 'panel'),
        l = el('dl', 'sum');
      (rows || []).forEach(function(r) {
        var w = el('div');
        w.appendChild(el('dt', '', r[0]));
        w.appendChild(el('dd', '', r[1]));
        l.appendChild(w)
      });
      if (rows && rows.length) p.appendChild(l);
      if (link) {
        var a = el('a', 'btn btn-2 btn-s', link[0]);
        a.href = link[1];
        var acts = el('div', 'acts');
        acts.appendChild(a);
        p.appendChild(acts)
      }
      box.appendChild(p)
    }
    box.hidden = false;
    box.setAttribute('tabindex', '-1');
    box.focus({
      preventScroll: true
    });
    box.scrollIntoView({
      block: 'nearest'
    })
  }

  function factsOf(q) {
    return [
      ['Nama', q.name],
      ['Nomor', q.number + (q.revision ? ' revisi ' + q.revision : '')],
      ['Peran', (PERAN[q.role] || q.role) + ' · ' + q.jp + ' JP'],
      ['Pelaksanaan', q.first === q.last ? q.first : q.first + ' s.d. ' + q.last]
    ].concat(q.specimen ? [
      ['Catatan', 'CONTOH, tidak berlaku']
    ] : [])
  }

  function proven(box, q) {
    if (q.key.distrusted_on) return say(box, 'q', 'Kunci tidak dipercaya lagi',
      'QR ini ditandatangani dengan kunci yang dinyatakan bocor. Periksa nomornya di buku register.', factsOf(q),
      ['Periksa di register', '/s/' + q.code]);
    say(box, q.specimen ? 'q' : 'ok', q.specimen ? 'QR asli, sertifikat contoh' : 'QR asli',
      'Tanda tangan pada QR sah. Cocokkan setiap isian ini dengan yang tercetak. Pencabutan hanya dapat dilihat saat ada internet.',
      factsOf(q), ['Lihat status terbaru', '/s/' + q.code])
  }

  function forged(box) {
    say(box, 'err', 'QR tidak sah',
      'Isi QR ini tidak ditandatangani oleh penerbit atau sudah diubah. Jangan terima lembar ini sebelum nomornya diperiksa.'
    )
  }
  async function showQr(box, text) {
    var list;
    try {
      list = await keys()
    } catch (e) {
      return say(box, 'q', 'Daftar kunci belum ada', 'Buka halaman ini sekali saat ada internet, lalu coba lagi.')
    }
    try {
      proven(box, await readQr(text, list))
    } catch (e) {
      forged(box)
    }
  }

  /* ---- berkas PDF ---- */
  function embedded(bytes) {
    var t = new TextDecoder('latin1').decode(bytes),
      m = /\/CalakanQR \(([A-Za-z0-9:\/.#$%*+_-]{20,2000})\)/.exec(t);
    return m && m[1]
  }
  var STATUS = {
    valid: ['ok', 'Berkas asli', 'Inilah berkas yang diterbitkan, tidak berubah satu huruf pun.'],
    replaced: ['q', 'Berkas asli, sudah diganti',
      'Berkas ini pernah diterbitkan, tetapi sudah diganti dengan revisi yang lebih baru.'
    ],
    revoked: ['err', 'Berkas asli, sudah dicabut', 'Berkas ini pernah diterbitkan, tetapi sudah dicabut.']
  };
  async function checkFile(box, file) {
    if (file.size > 20 * 1024 * 1024) return say(box, 'q', 'Berkas terlalu besar',
      'Sertifikat kami jauh lebih kecil dari 20 MB. Pilih berkas PDF sertifikat.');
    if (!subtle) return say(box, 'q', 'Peramban tidak mendukung',
      'Buka halaman ini lewat alamat https, atau ketik nomor sertifikatnya.');
    box.replaceChildren(el('p', 'mut', 'Menghitung sidik berkas…'));
    box.hidden = false;
    var bytes = new Uint8Array(await file.arrayBuffer()),
      sum = hex(new Uint8Array(await subtle.digest('SHA-256', bytes))),
      text = embedded(bytes),
      found = null;
    try {
      var a = await fetch('/periksa/berkas?sha256=' + sum, {
        headers: {
          Accept: 'application/json'
        }
      });
      if (a.status === 429) return say(box, 'q', 'Terlalu sering', 'Tunggu satu menit, lalu coba lagi.');
      if (a.ok || a.status === 404) found = await a.json()
    } catch (e) {
      found = null
    }
    if (found && found.status) {
      var s = STATUS[found.status],
        rows = [
          ['Nama', found.name],
          ['Kegiatan', found.title],
          ['Nomor', found.number + (found.revision ? ' revisi ' + found.revision : '')],
          ['Berkas', file.name]
        ];
      if (found.reason) rows.push(['Alasan', found.reason]);
      if (found.specimen) rows.push(['Catatan', 'CONTOH, tidak berlaku']);
      return say(box, s[0], s[1], s[2] + (found.replaced_by != null ? ' Diganti oleh revisi ' + found.replaced_by +
        '.' : ''), rows, ['Lihat catatan register', '/s/' + found.code])
    }
    var q = null;
    if (text) try {
      q = await readQr(text, await keys())
    } catch (e) {
      q = null
    }
    if (!found) return q ? say(box, 'q', 'Belum dapat dipastikan',
      'Tanpa internet, hanya QR di dalam berkas yang dapat diperiksa: tanda tangannya sah. Keutuhan seluruh berkas dipastikan saat ada internet.',
      factsOf(q)) : say(box, 'q', 'Belum dapat dipastikan',
      'Tidak ada sambungan internet, dan berkas ini tidak memuat QR yang sah.');
    if (q) return say(box, 'err', 'Berkas sudah berubah',
      'Berkas ini BUKAN berkas yang diterbitkan. QR di dalamnya milik sertifikat berikut; minta berkas aslinya.',
      factsOf(q), ['Lihat catatan register', '/s/' + q.code]);
    say(box, 'err', 'Tidak pernah diterbitkan', 'Berkas ini tidak pernah diterbitkan di sini.' + (text ?
      ' QR di dalamnya juga tidak sah.' : ''))
  }

  /* ---- pasang ---- */
  var box = d.getElementById('hasil'),
    pick = d.getElementById('berkas'),
    zone = d.querySelector('[data-jatuhkan]');
  if (pick && box) {
    d.querySelectorAll('[data-perlu-js]').forEach(function(e) {
      e.hidden = false
    });
    pick.addEventListener('change', function() {
      if (pick.files[0]) checkFile(box, pick.files[0])
    });
    d.addEventListener('dragover', function(e) {
      e.preventDefault();
      if (zone) zone.classList.add('is-over')
    });
    d.addEventListener('dragleave', function() {
      if (zone) zone.classList.remove('is-over')
    });
    d.addEventListener('drop', function(e) {
      e.preventDefault();
      if (zone) zone.classList.remove('is-over');
      var f = e.dataTransfer.files[0];
      if (f) checkFile(box, f)
    })
  }
  var form = d.getElementById('qr-form'),
    photo = d.getElementById('qr-foto');
  if (form && box) {
    form.addEventListener('submit', function(e) {
      e.preventDefault();
      showQr(box, d.getElementById('qr-teks').value)
    });
    if (photo && window.BarcodeDetector) {
      photo.closest('[data-foto]').hidden = false;
      photo.addEventListener('change', async function() {
        if (!photo.files[0]) return;
        try {
          var found = await new BarcodeDetector({
            formats: ['qr_code']
          }).detect(await createImageBitmap(photo.files[0]));
          if (!found.length) throw 0;
          d.getElementById('qr-teks').value = found[0].rawValue;
          showQr(box, found[0].rawValue)
        } catch (e) {
          say(box, 'q', 'QR tidak terbaca', 'Potret lebih dekat dan tegak lurus, lalu coba lagi.')
        }
      })
    }
  }
  /* dibuka dari pindaian QR: teks bertanda tangan ada di belakang tanda pagar */
  if (box && location.hash.length > 100 && /^(.*)\/s\/[^\/]+$/i.test(location.pathname)) {
    var page = d.querySelector('[data-nomor]');
    keys().then(function(list) {
      return readQr(location.href, list)
    }).then(function(q) {
      if (!page) return proven(box, q);
      var same = page.dataset.nomor === q.number && page.dataset.nama === q.name && page.dataset.revisi ===
        String(q.revision);
      if (!same) say(box, 'err', 'QR tidak cocok',
        'Isi QR berbeda dengan catatan register. Lembar ini patut diragukan.', factsOf(q))
    }).catch(function(e) {
      if (e.message === 'kunci') return;
      forged(box)
    })
  }
  /* tanpa internet */
  if ('serviceWorker' in navigator && window.isSecureContext) {
    ['/periksa', '/s/', '/S/'].forEach(function(scope) {
      navigator.serviceWorker.register('/periksa/sw.js', {
        scope: scope
      }).catch(function() {})
    })
  }
})();
