/* Counts: what a row adds up to, beside it. Long texts: how many characters there are. Both are said
   by the server too. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$;

  $$('[data-ballot-row]').forEach(function (row) {
    var place = $('[data-ballot-sum]', row), boxes = $$('[data-ballot]', row);
    function number(box) { return /^\d+$/.test(box.value.trim()) ? Number(box.value) : null; }
    function tell() {
      var values = {}, filled = 0, valid = 0;
      boxes.forEach(function (box) {
        var value = number(box), name = box.getAttribute('data-ballot');
        values[name] = value;
        if (value !== null) filled += 1;
        if (/^v\d+$/.test(name)) valid += value || 0;
      });
      if (!filled) { place.textContent = ''; place.classList.remove('wrong'); return; }
      var counted = valid + (values.invalid || 0), text = '有效 ' + valid + '，共 ' + counted, wrong = false;
      if (filled === boxes.length) {
        if (values.collected > values.issued) { wrong = true; text += '；收回多于发出'; }
        if (counted !== values.collected) { wrong = true; text += '；收回 ' + values.collected; }
      }
      place.textContent = text;
      place.classList.toggle('wrong', wrong);
    }
    row.addEventListener('input', tell);
    tell();
  });

  $$('[data-soft-max]').forEach(function (box) {
    var most = Number(box.getAttribute('data-soft-max')), place = document.createElement('p');
    place.className = 'small muted';
    place.setAttribute('aria-live', 'polite');
    box.parentNode.insertBefore(place, box.nextSibling);
    function tell() {
      var n = box.value.replace(/\s/g, '').length;
      place.textContent = '已写 ' + n + ' 字' + (n > most ? '，超出 ' + (n - most) + ' 字' : '');
    }
    box.addEventListener('input', tell);
    tell();
  });
}());
