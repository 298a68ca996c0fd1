/* The attendance sheet: counts what is ticked, and opens another page by its address while nothing is. */
(function() {
  var f = document.querySelector('form[data-lembar]');
  if (!f) return;
  var bar = f.querySelector('[data-bar]');

  function count() {
    return f.querySelectorAll('tbody input:checked,[data-lain]').length
  }

  function show() {
    var n = count();
    f.querySelectorAll('[data-n]').forEach(function(e) {
      e.textContent = n
    });
    if (bar) bar.hidden = !n
  }
  f.addEventListener('change', show);
  f.addEventListener('click', function(ev) {
    var b = ev.target.closest('[data-buka]');
    if (b && !count() && !(f.alasan && f.alasan.value)) {
      ev.preventDefault();
      location.href = b.dataset.buka
    }
  });
  show()
})();
