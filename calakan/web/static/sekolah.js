/* Schools that match what is typed, as buttons below the field: <div data-sekolah-dari="field" data-alamat="address">.
   Without this file the page that follows asks which one is meant. */
(function() {
  document.querySelectorAll('[data-sekolah-dari]').forEach(function(box) {
    var typed = box.closest('form').elements[box.dataset.sekolahDari],
      id = box.querySelector('input'),
      asked = 0,
      timer;

    function show(nodes) {
      box.replaceChildren.apply(box, [id].concat(nodes))
    }

    function say(text) {
      var p = document.createElement('p');
      p.className = 'sm mut';
      p.textContent = text;
      return p
    }

    function choice(school) {
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn btn-2 btn-block';
      button.textContent = school.name + ' – ' + school.kecamatan;
      button.addEventListener('click', function() {
        typed.value = school.name;
        id.value = school.id;
        show([say('Dipilih: ' + school.name + ', ' + school.jenjang + ', Kecamatan ' + school.kecamatan +
          '.')]);
        typed.focus()
      });
      return button
    }

    typed.addEventListener('input', function() {
      id.value = '';
      clearTimeout(timer);
      timer = setTimeout(function() {
        var turn = ++asked;
        if (typed.value.trim().length < 3) {
          show([]);
          return
        }
        fetch(box.dataset.alamat + '?q=' + encodeURIComponent(typed.value)).then(function(r) {
          return r.ok ? r.json() : null
        }).then(function(rows) {
          if (!rows || turn !== asked) return;
          var some = rows.slice(0, 5),
            more = rows.length > some.length ? ', ketik lagi supaya lebih sedikit' : '';
          show(rows.length ? [say(rows.length + ' sekolah cocok' + more + '. Ketuk yang benar:')]
            .concat(some.map(choice)) : [say('Belum ada yang cocok.')])
        }).catch(function() {})
      }, 250)
    })
  })
})();
