/* Forms of several lines: blank ones are put away, and come one at a time. All of them are there
   without this. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$;
  var box = $('[data-lines]');
  if (!box) return;
  var lines = $$('[data-line]', box), more = $('[data-more-lines]', box);

  function isFilled(line) {
    return line.classList.contains('has-error') || $$('input:not([type="hidden"]), textarea, select', line).some(function (one) {
      return one.tagName === 'SELECT' ? one.selectedIndex > 0 : Boolean(one.value);
    });
  }
  /* Those that say something, and one blank line after them. */
  function fold() {
    var last = -1;
    lines.forEach(function (line, index) { if (isFilled(line)) last = index; });
    lines.forEach(function (line, index) { line.hidden = index > last + 1; });
    offer();
  }
  function offer() { more.hidden = !lines.some(function (line) { return line.hidden; }); }

  /* Writing into the last line brings the next one; nothing is put away under who writes. */
  box.addEventListener('input', function () {
    var last = lines.reduce(function (found, line, index) { return isFilled(line) ? index : found; }, -1);
    if (lines[last + 1]) lines[last + 1].hidden = false;
    offer();
  });
  more.addEventListener('click', function () {
    var next = lines.find(function (line) { return line.hidden; });
    next.hidden = false;
    offer();
    $('input:not([type="hidden"]), textarea, select', next).focus();
  });
  var form = box.closest('form');
  if (form) form.addEventListener('portal:restored', fold);
  fold();
})();
