/* Buttons that copy: <button data-salin="text" hidden>. Without JavaScript the text can be copied by hand. */
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
