/* Checks a certificate in the browser: the hash of a PDF file, and the Ed25519 signature on the text of a QR code.
   The file is sent nowhere. What a QR holds: calakan/signing/token.py. What it asks for stands on the page ([data-register]). */
(function() {
  'use strict';
  const page = document;
  const given = page.querySelector('[data-register]').dataset;
  const subtle = window.crypto && window.crypto.subtle;
  const utf8 = new TextEncoder();
  const ROLES = {
    peserta: 'peserta',
    narasumber: 'narasumber',
    moderator: 'moderator',
    panitia: 'panitia',
    hadir: 'peserta (hadir sebagian)'
  };
  const LARGEST_FILE = 20 * 1024 * 1024;
  const SIGNATURE_BYTES = 64;

  /* ---- bytes ---- */
  function hex(bytes) {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  function joined(...parts) {
    const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /* Crockford's alphabet: no I, L, O and U. Five bits a letter; what is left over at the end is padding. */
  const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

  function fromBase32(text) {
    const bytes = [];
    let bits = 0;
    let held = 0;
    for (const letter of text) {
      const value = LETTERS.indexOf(letter);
      if (value < 0) throw Error('not a letter of base 32');
      held = held << 5 | value;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.push(held >> bits & 255);
        held &= (1 << bits) - 1;
      }
    }
    return new Uint8Array(bytes);
  }

  function fromBase64(text) {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  }

  /* ---- CBOR (RFC 8949), as much as a QR uses: one array of whole numbers, texts and byte strings ---- */
  const UNSIGNED = 0;
  const BYTES = 2;
  const TEXT = 3;
  const ARRAY = 4;
  const MOST_ITEMS = 20;

  /* An item begins with a byte: three bits of type, five of a number, or of how many bytes hold the number. */
  function readCbor(bytes) {
    let at = 0;

    function head() {
      const type = bytes[at] >> 5;
      const small = bytes[at] & 31;
      at++;
      if (small < 24) return [type, small];
      if (small > 26) throw Error('a number of more than four bytes');
      let number = 0;
      for (let left = 1 << small - 24; left > 0; left--) number = number * 256 + bytes[at++];
      return [type, number];
    }

    function item() {
      const [type, number] = head();
      if (type === UNSIGNED) return number;
      if (type !== BYTES && type !== TEXT) throw Error('a type that a QR does not use');
      if (at + number > bytes.length) throw Error('cut off');
      const content = bytes.slice(at, at + number);
      at += number;
      return type === BYTES ? content : new TextDecoder('utf-8', {
        fatal: true
      }).decode(content);
    }

    const [type, length] = head();
    if (type !== ARRAY || length > MOST_ITEMS) throw Error('not an array');
    const items = Array.from({
      length: length
    }, item);
    if (at !== bytes.length) throw Error('something follows');
    return items;
  }

  /* ---- Ed25519 (RFC 8032): the browser's own, or a library where the browser is too old for it ---- */
  const CANNOT_CHECK = 'the library did not come';

  async function isSigned(key, signature, text) {
    try {
      const imported = await subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
      return await subtle.verify('Ed25519', imported, signature, text);
    } catch (error) {
      const library = await import(given.ed25519).catch(() => {
        throw Error(CANNOT_CHECK);
      });
      return library.verifyAsync(signature, text, key, {
        zip215: false
      });
    }
  }

  /* ---- the text of a QR ---- */
  async function publicKeys() {
    const answer = await fetch(given.kunci, {
      credentials: 'omit'
    });
    if (!answer.ok) throw Error('no keys');
    return (await answer.json()).keys;
  }

  function day(daysSince2000) {
    return new Date(Date.UTC(2000, 0, 1) + daysSince2000 * 864e5).toLocaleDateString('id-ID', {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC'
    });
  }

  /* What a QR says, when one of the keys signed it. Throws when none did, or when it is not one of ours. */
  async function readQr(text, keys) {
    const [address, signed, ...rest] = text.trim().split('#');
    if (!signed || rest.length) throw Error('not a signed address');
    const code = address.replace(/\/+$/, '').split('/').pop().toUpperCase();
    const bytes = fromBase32(signed.toUpperCase());
    const body = bytes.slice(0, -SIGNATURE_BYTES);
    const [version, keyId, name, number, revision, role, jp, first, last, flags] = readCbor(body);
    if (version !== 1) throw Error('another version');
    const key = keys.find((one) => one.purpose === 'code' && one.kid === hex(keyId));
    if (!key) throw Error('a key of somebody else');
    const said = joined(utf8.encode('calakan-qr-1\0' + code), body);
    const signature = bytes.slice(-SIGNATURE_BYTES);
    if (!await isSigned(fromBase64(key.public[0]), signature, said)) throw Error('not signed');
    return {
      code: code,
      name: name,
      number: number,
      revision: revision,
      role: role,
      jp: jp,
      first: day(first),
      last: day(last),
      specimen: Boolean(flags & 1),
      key: key
    };
  }

  /* ---- what the page shows ---- */
  function element(tag, classes, text) {
    const made = page.createElement(tag);
    if (classes) made.className = classes;
    if (text != null) made.textContent = text;
    return made;
  }

  function icon(name) {
    const svg = page.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const use = page.createElementNS('http://www.w3.org/2000/svg', 'use');
    svg.setAttribute('class', 'i');
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', given.ikon + '#' + name);
    svg.append(use);
    return svg;
  }

  const LOOKS = {
    ok: ['verdict', 'shield-check'],
    err: ['verdict verdict-err', 'shield-x'],
    unsure: ['verdict verdict-q', 'shield-question-mark']
  };

  /* `rows` are pairs of a word and its value; `link` is what it says and where it leads. */
  function say(box, look, title, text, rows, link) {
    const verdict = element('div', LOOKS[look][0]);
    const words = element('div');
    words.append(element('h2', '', title), element('p', '', text));
    verdict.append(icon(LOOKS[look][1]), words);
    box.replaceChildren(verdict);
    if ((rows && rows.length) || link) box.append(details(rows || [], link));
    box.hidden = false;
    box.setAttribute('tabindex', '-1');
    box.focus({
      preventScroll: true
    });
    box.scrollIntoView({
      block: 'nearest'
    });
  }

  function details(rows, link) {
    const panel = element('div', 'panel');
    if (rows.length) {
      const list = element('dl', 'sum');
      for (const [word, value] of rows) {
        const row = element('div');
        row.append(element('dt', '', word), element('dd', '', value));
        list.append(row);
      }
      panel.append(list);
    }
    if (link) {
      const acts = element('div', 'acts');
      const button = element('a', 'btn btn-2 btn-s', link[0]);
      button.href = link[1];
      acts.append(button);
      panel.append(acts);
    }
    return panel;
  }

  function numberOf(paper) {
    return paper.number + (paper.revision ? ' revisi ' + paper.revision : '');
  }

  function factsOf(qr) {
    const facts = [
      ['Nama', qr.name],
      ['Nomor', numberOf(qr)],
      ['Peran', (ROLES[qr.role] || qr.role) + ' · ' + qr.jp + ' JP'],
      ['Pelaksanaan', qr.first === qr.last ? qr.first : qr.first + ' s.d. ' + qr.last]
    ];
    if (qr.specimen) facts.push(['Catatan', 'CONTOH, tidak berlaku']);
    return facts;
  }

  function sayProven(box, qr) {
    const register = given.register + qr.code;
    if (qr.key.distrusted_on) {
      return say(box, 'unsure', 'Kunci tidak dipercaya lagi',
        'QR ini ditandatangani dengan kunci yang dinyatakan bocor. Periksa nomornya di buku register.',
        factsOf(qr), ['Periksa di register', register]);
    }
    say(box, qr.specimen ? 'unsure' : 'ok', qr.specimen ? 'QR asli, sertifikat contoh' : 'QR asli',
      'Tanda tangan pada QR sah. Cocokkan setiap isian ini dengan yang tercetak.' +
      ' Pencabutan hanya dapat dilihat saat ada internet.',
      factsOf(qr), ['Lihat status terbaru', register]);
  }

  /* Why a QR was not proven: what could not be checked is no forgery. */
  function sayRefused(box, error) {
    if (error.message === CANNOT_CHECK) {
      return say(box, 'unsure', 'Belum dapat dipastikan',
        'Browser ini membutuhkan internet untuk memeriksa QR. Coba lagi saat ada internet.');
    }
    say(box, 'err', 'QR tidak sah',
      'Isi QR ini tidak ditandatangani oleh penerbit atau sudah diubah.' +
      ' Jangan terima lembar ini sebelum nomornya diperiksa.');
  }

  async function showQr(box, text) {
    let keys;
    try {
      keys = await publicKeys();
    } catch (error) {
      return say(box, 'unsure', 'Daftar kunci belum ada',
        'Buka halaman ini sekali saat ada internet, lalu coba lagi.');
    }
    try {
      sayProven(box, await readQr(text, keys));
    } catch (error) {
      sayRefused(box, error);
    }
  }

  /* ---- a PDF file ---- */
  function qrWithin(bytes) {
    const text = new TextDecoder('latin1').decode(bytes);
    const found = /\/CalakanQR \(([A-Za-z0-9:\/.#$%*+_-]{20,2000})\)/.exec(text);
    return found && found[1];
  }

  const STATUS = {
    valid: ['ok', 'Berkas asli', 'Inilah berkas yang diterbitkan, tidak berubah satu huruf pun.'],
    replaced: ['unsure', 'Berkas asli, sudah diganti',
      'Berkas ini pernah diterbitkan, tetapi sudah diganti dengan revisi yang lebih baru.'
    ],
    revoked: ['err', 'Berkas asli, sudah dicabut', 'Berkas ini pernah diterbitkan, tetapi sudah dicabut.']
  };

  /* What the register knows of a file with this hash; null without a connection, "busy" when asked too often. */
  async function askRegister(sum) {
    try {
      const answer = await fetch(given.berkas + '?sha256=' + sum, {
        headers: {
          Accept: 'application/json'
        }
      });
      if (answer.status === 429) return 'busy';
      return answer.ok || answer.status === 404 ? await answer.json() : null;
    } catch (error) {
      return null;
    }
  }

  function sayKnown(box, paper, fileName) {
    const [look, title, text] = STATUS[paper.status];
    const rows = [
      ['Nama', paper.name],
      ['Kegiatan', paper.title],
      ['Nomor', numberOf(paper)],
      ['Berkas', fileName]
    ];
    if (paper.reason) rows.push(['Alasan', paper.reason]);
    if (paper.specimen) rows.push(['Catatan', 'CONTOH, tidak berlaku']);
    const newer = paper.replaced_by != null ? ' Diganti oleh revisi ' + paper.replaced_by + '.' : '';
    say(box, look, title, text + newer, rows, ['Lihat catatan register', given.register + paper.code]);
  }

  function sayUnknown(box, online, text, qr) {
    if (!online && qr) {
      return say(box, 'unsure', 'Belum dapat dipastikan',
        'Tanpa internet, hanya QR di dalam berkas yang dapat diperiksa: tanda tangannya sah.' +
        ' Keutuhan seluruh berkas dipastikan saat ada internet.', factsOf(qr));
    }
    if (!online) {
      return say(box, 'unsure', 'Belum dapat dipastikan',
        'Tidak ada sambungan internet, dan berkas ini tidak memuat QR yang sah.');
    }
    if (qr) {
      return say(box, 'err', 'Berkas sudah berubah',
        'Berkas ini BUKAN berkas yang diterbitkan. QR di dalamnya milik sertifikat berikut; minta berkas aslinya.',
        factsOf(qr), ['Lihat catatan register', given.register + qr.code]);
    }
    say(box, 'err', 'Tidak pernah diterbitkan',
      'Berkas ini tidak pernah diterbitkan di sini.' + (text ? ' QR di dalamnya juga tidak sah.' : ''));
  }

  async function checkFile(box, file) {
    if (file.size > LARGEST_FILE) {
      return say(box, 'unsure', 'Berkas terlalu besar',
        'Sertifikat kami jauh lebih kecil dari 20 MB. Pilih berkas PDF sertifikat.');
    }
    if (!subtle) {
      return say(box, 'unsure', 'Browser tidak mendukung',
        'Buka halaman ini lewat alamat https, atau ketik nomor sertifikatnya.');
    }
    box.replaceChildren(element('p', 'mut', 'Menghitung sidik berkas…'));
    box.hidden = false;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const sum = hex(new Uint8Array(await subtle.digest('SHA-256', bytes)));
    const found = await askRegister(sum);
    if (found === 'busy') return say(box, 'unsure', 'Terlalu sering', 'Tunggu satu menit, lalu coba lagi.');
    if (found && found.status) return sayKnown(box, found, file.name);
    const text = qrWithin(bytes);
    let qr = null;
    try {
      qr = text && await readQr(text, await publicKeys());
    } catch (error) {
      qr = null;
    }
    sayUnknown(box, Boolean(found), text, qr);
  }

  /* ---- the parts of the page ---- */
  const box = page.getElementById('hasil');

  function takeFiles() {
    const picker = page.getElementById('berkas');
    const zone = page.querySelector('[data-jatuhkan]');
    if (!picker || !box) return;

    function mark(over) {
      if (zone) zone.classList.toggle('is-over', over);
    }
    page.querySelectorAll('[data-perlu-js]').forEach((part) => {
      part.hidden = false;
    });
    picker.addEventListener('change', () => {
      if (picker.files[0]) checkFile(box, picker.files[0]);
    });
    page.addEventListener('dragover', (event) => {
      event.preventDefault();
      mark(true);
    });
    page.addEventListener('dragleave', () => mark(false));
    page.addEventListener('drop', (event) => {
      event.preventDefault();
      mark(false);
      if (event.dataTransfer.files[0]) checkFile(box, event.dataTransfer.files[0]);
    });
  }

  function takeQr() {
    const form = page.getElementById('qr-form');
    const typed = page.getElementById('qr-teks');
    const photo = page.getElementById('qr-foto');
    if (!form || !box) return;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      showQr(box, typed.value);
    });
    if (!photo || !window.BarcodeDetector) return;
    photo.closest('[data-foto]').hidden = false;
    photo.addEventListener('change', async () => {
      if (!photo.files[0]) return;
      try {
        const detector = new BarcodeDetector({
          formats: ['qr_code']
        });
        const found = await detector.detect(await createImageBitmap(photo.files[0]));
        typed.value = found[0].rawValue;
        showQr(box, typed.value);
      } catch (error) {
        say(box, 'unsure', 'QR tidak terbaca', 'Potret lebih dekat dan tegak lurus, lalu coba lagi.');
      }
    });
  }

  /* Opened by scanning a QR: its signed text stands behind the #, and must say what the register says. */
  async function checkAddress() {
    if (!box || location.hash.length <= 100 || !location.pathname.toLowerCase().startsWith(given.register)) return;
    let keys;
    try {
      keys = await publicKeys();
    } catch (error) {
      return;
    }
    try {
      const qr = await readQr(location.href, keys);
      const register = page.querySelector('[data-nomor]');
      if (!register) return sayProven(box, qr);
      const shown = register.dataset;
      const same = shown.nomor === qr.number && shown.nama === qr.name && shown.revisi === String(qr.revision);
      if (!same) {
        say(box, 'err', 'QR tidak cocok', 'Isi QR berbeda dengan catatan register. Lembar ini patut diragukan.',
          factsOf(qr));
      }
    } catch (error) {
      sayRefused(box, error);
    }
  }

  function workOffline() {
    if (!('serviceWorker' in navigator) || !window.isSecureContext) return;
    given.lingkup.split(' ').forEach((scope) => {
      navigator.serviceWorker.register(given.pekerja, {
        scope: scope
      }).catch(() => {});
    });
  }

  takeFiles();
  takeQr();
  checkAddress();
  workOffline();
})();
