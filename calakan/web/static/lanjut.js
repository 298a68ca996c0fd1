/* Improvements of the pages behind the first ones, besides those of calakan.js; they too work without this file. */
(function() {
  var d = document;
  /* choose all, and how many are chosen */
  d.addEventListener('change', function(ev) {
    var t = ev.target;
    if (t.type !== 'checkbox') return;
    var f = t.closest('form[data-bulk]');
    if (!f) return;
    var all = f.querySelectorAll('tbody input[type=checkbox]');
    if (t.hasAttribute('data-all')) all.forEach(function(c) {
      c.checked = t.checked
    });
    var n = 0,
      e = f.querySelector('[data-n]');
    all.forEach(function(c) {
      n += c.checked
    });
    e.textContent = n + +e.dataset.n; /* with those of other pages */
    var h = f.querySelector('[data-all]');
    h.checked = n === all.length;
    h.indeterminate = n > 0 && n < all.length
  });
  /* long lists of choices: filtered while typing, the chosen ones are named */
  d.querySelectorAll('.pilih').forEach(function(p) {
    var q = p.querySelector('[data-saring]'),
      t = p.querySelector('[data-terpilih]'),
      none = t.dataset.terpilih,
      all = [].slice.call(p.querySelectorAll('label.check'));

    function key(s) {
      return s.normalize('NFKD').replace(/[\u0300-\u036f'’.]/g, '').toLowerCase()
    }
    p.addEventListener('change', function() {
      var n = all.filter(function(l) {
        return l.firstChild.checked
      }).map(function(l) {
        return l.textContent.trim()
      });
      t.textContent = n.join(', ') || none;
      t.className = n.length ? '' : 'mut'
    });
    if (!q) return;
    if (!q.value) p.querySelector('[name=cari]').remove();
    q.addEventListener('keydown', function(e) {
      if (e.key === 'Enter' && !p.querySelector('[name=cari]')) e.preventDefault()
    });
    q.addEventListener('input', function() {
      var w = key(q.value).split(/\s+/),
        n = 0;
      all.forEach(function(l) {
        var k = key(l.textContent),
          yes = l.firstChild.checked || w.every(function(x) {
            return k.indexOf(x) >= 0
          });
        l.hidden = !yes;
        n += yes
      });
      p.querySelector('[data-tiada]').hidden = n > 0
    })
  });
  /* the end moves with the beginning */
  d.querySelectorAll('input[type=datetime-local][name=starts_at]').forEach(function(a) {
    var b = a.form.querySelector('[name=ends_at]'),
      old = a.value;
    if (!b) return;
    a.addEventListener('change', function() {
      var x = Date.parse(old + 'Z'),
        y = Date.parse(a.value + 'Z'),
        z = Date.parse(b.value + 'Z');
      if (!isNaN(x + y + z)) b.value = new Date(z + y - x).toISOString().slice(0, 16);
      b.dispatchEvent(new Event('input', {
        bubbles: true
      }));
      if (a.value) old = a.value
    })
  });
})();
