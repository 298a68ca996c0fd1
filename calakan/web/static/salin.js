/* Tombol salin: <button data-salin="teks" hidden>. Tanpa JavaScript isinya tetap dapat disalin dengan tangan. */
(function() {
  'use strict';
  if (!navigator.clipboard) return;
  document.querySelectorAll('button[data-salin]').forEach(function(b) {
    b.hidden = false;
    b.addEventListener('click', function() {
      navigator.clipboard.writeText(b.dataset.salin).then(function() {
        var s = b.querySelector('[data-kata]'),
          was = s.textContent;
        s.textContent = 'Tersalin';
        setTimeout(function() {
          s.textContent = was
        }, 2000)
      })
    })
  });
})();
