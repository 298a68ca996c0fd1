/* The editor of designs: the preview follows what is typed, fields can be dragged.
   Without this file: type the numbers, then save. */
(function() {
  var d = document,
    f = d.querySelector('[data-pratinjau]');
  if (!f) return;
  var sheet = f.querySelector('[data-lembar]'),
    timer, asked = 0,
    held = null;
  f.classList.add('siap');
  d.querySelectorAll('[data-perlu-js]').forEach(function(e) {
    e.hidden = false
  });

  function field(key, what) {
    return f.elements[key + '_' + what]
  }

  function ready() {
    sheet.querySelectorAll('[data-bidang]').forEach(function(r) {
      r.setAttribute('tabindex', '0');
      r.setAttribute('role', 'button')
    })
  }

  function ask() {
    var turn = ++asked,
      body = new FormData(f),
      focus = d.activeElement && d.activeElement.dataset ? d.activeElement.dataset.bidang : '';
    body.delete('file');
    fetch(f.dataset.pratinjau, {
      method: 'POST',
      body: body,
      headers: {
        'X-Requested-With': 'fetch'
      }
    }).then(function(r) {
      if (turn !== asked || held) return;
      if (r.status === 422) return r.text().then(function(t) {
        var old = sheet.querySelector('.alert-err');
        if (old) old.remove();
        sheet.insertAdjacentHTML('beforeend', t)
      });
      if (!r.ok || r.redirected) return;
      return r.text().then(function(t) {
        if (turn !== asked || held) return;
        sheet.innerHTML = t;
        ready();
        var again = focus && sheet.querySelector('[data-bidang="' + focus + '"]');
        if (again) again.focus()
      })
    }).catch(function() {})
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, 250)
  }
  f.addEventListener('input', function(e) {
    if (e.target.name !== 'file' && e.target.name !== 'name') soon()
  });
  f.addEventListener('click', function(e) {
    var a = e.target.closest('[data-nama]');
    if (!a) return;
    e.preventDefault();
    f.elements.nama.value = a.dataset.nama;
    f.querySelectorAll('[data-nama]').forEach(function(b) {
      b === a ? b.setAttribute('aria-current', 'true') : b.removeAttribute('aria-current')
    });
    ask()
  });

  function round(v) {
    return Math.round(v * 10) / 10
  }

  function put(e, v) {
    e.value = Math.min(Math.max(round(v), +e.min), +e.max)
  }

  function shift(key, dx, dy) {
    var x = field(key, 'x'),
      y = field(key, 'y');
    put(x, +x.value.replace(',', '.') + dx);
    put(y, +y.value.replace(',', '.') + dy)
  }

  function open(key) {
    f.querySelectorAll('[data-isian]').forEach(function(e) {
      if (e.dataset.isian === key) e.open = true
    })
  }

  function mm(e) {
    var box = sheet.querySelector('.bidang').getBoundingClientRect();
    return [e.clientX / box.width * 297, e.clientY / box.height * 210]
  }
  sheet.addEventListener('pointerdown', function(e) {
    var r = e.target.closest('[data-bidang]');
    if (!r || e.button) return;
    held = {
      r: r,
      at: mm(e),
      by: [0, 0]
    };
    r.classList.add('pegang');
    r.setPointerCapture(e.pointerId);
    r.focus()
  });
  sheet.addEventListener('pointermove', function(e) {
    if (!held) return;
    var p = mm(e);
    held.by = [p[0] - held.at[0], p[1] - held.at[1]];
    held.r.setAttribute('transform', 'translate(' + held.by[0] + ' ' + held.by[1] + ')')
  });

  function drop() {
    if (!held) return;
    var h = held,
      key = h.r.dataset.bidang;
    held = null;
    h.r.classList.remove('pegang');
    if (Math.abs(h.by[0]) + Math.abs(h.by[1]) < .3) {
      h.r.removeAttribute('transform');
      open(key);
      return
    }
    shift(key, h.by[0], h.by[1]);
    ask()
  }
  sheet.addEventListener('pointerup', drop);
  sheet.addEventListener('pointercancel', drop);
  sheet.addEventListener('keydown', function(e) {
    var r = e.target.closest('[data-bidang]');
    if (!r) return;
    if (e.key === 'Enter' || e.key === ' ') {
      e.preventDefault();
      open(r.dataset.bidang);
      field(r.dataset.bidang, 'x').focus();
      return
    }
    var step = e.shiftKey ? 5 : .5,
      way = {
        ArrowLeft: [-1, 0],
        ArrowRight: [1, 0],
        ArrowUp: [0, -1],
        ArrowDown: [0, 1]
      } [e.key];
    if (!way) return;
    e.preventDefault();
    shift(r.dataset.bidang, way[0] * step, way[1] * step);
    var m = r.transform.baseVal.consolidate(),
      x = m ? m.matrix.e : 0,
      y = m ? m.matrix.f : 0;
    r.setAttribute('transform', 'translate(' + (x + way[0] * step) + ' ' + (y + way[1] * step) + ')');
    soon()
  });
  ready();
})();
