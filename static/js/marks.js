/* Marks of one indicator: Enter and arrows go to the same field of the next organisation, a column
   copied from a sheet is pasted at once. All of it can be typed without this. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$;
  var box = $('[data-marks]');
  if (!box) return;
  var rows = $$('[data-mark-row]', box).map(function (row) {
    return $$('input:not([type=checkbox]), select, textarea', row);
  });

  function place(field) {
    for (var y = 0; y < rows.length; y += 1) {
      var x = rows[y].indexOf(field);
      if (x >= 0) return { x: x, y: y };
    }
    return null;
  }
  function go(x, y) {
    var field = rows[y] && rows[y][Math.min(x, rows[y].length - 1)];
    if (!field) return false;
    field.focus();
    if (field.select) field.select();
    return true;
  }
  box.addEventListener('keydown', function (event) {
    var at = place(event.target), tag = event.target.tagName;
    if (!at || tag === 'TEXTAREA' || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    var moved = false;
    if (event.key === 'Enter') { moved = true; go(at.x, at.y + (event.shiftKey ? -1 : 1)); }
    else if (event.key === 'ArrowDown' && tag !== 'SELECT') moved = go(at.x, at.y + 1);
    else if (event.key === 'ArrowUp' && tag !== 'SELECT') moved = go(at.x, at.y - 1);
    if (moved) event.preventDefault();
  });
  function put(field, text) {
    text = text.trim();
    if (field.tagName === 'SELECT') {
      var found = Array.from(field.options).find(function (one) { return one.textContent.trim() === text; });
      if (!found) return;
      field.value = found.value;
    } else {
      field.value = text;
    }
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }
  box.addEventListener('paste', function (event) {
    var at = place(event.target), text = event.clipboardData && event.clipboardData.getData('text/plain');
    if (!at || !text || event.target.tagName === 'TEXTAREA' || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    text.replace(/\r/g, '').replace(/\n+$/, '').split('\n').forEach(function (line, dy) {
      var row = rows[at.y + dy];
      if (!row) return;
      line.split('\t').forEach(function (one, dx) {
        var field = row[at.x + dx];
        if (field) put(field, one);
      });
    });
  });
})();
