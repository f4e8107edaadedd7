/* A grid of whole numbers: arrows and Enter go from cell to cell, a block copied from a sheet is
   pasted at once, sums are shown while typing. All of it can be typed without this. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$;
  var grid = $('[data-grid]');
  if (!grid) return;
  var form = grid.closest('form');
  var rows = $$('[data-row]', grid).map(function (row) { return { row: row, cells: $$('input, select', row) }; });
  var sum = $('[data-sum]', grid), rest = $('[data-rest]', grid);

  function place(cell) {
    for (var y = 0; y < rows.length; y += 1) {
      var x = rows[y].cells.indexOf(cell);
      if (x >= 0) return { x: x, y: y };
    }
    return null;
  }
  function go(x, y) {
    var row = rows[y];
    var cell = row && row.cells[Math.min(x, row.cells.length - 1)];
    if (!cell) return false;
    cell.focus();
    if (cell.select) cell.select();
    return true;
  }
  grid.addEventListener('keydown', function (event) {
    var at = place(event.target), list = event.target.tagName === 'SELECT';
    if (!at || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    var whole = !list && event.target.selectionStart === 0 && event.target.selectionEnd === event.target.value.length;
    var atEnd = !list && event.target.selectionStart === event.target.value.length;
    var moved = false;
    if (event.key === 'Enter') { moved = true; go(at.x, at.y + (event.shiftKey ? -1 : 1)); }
    else if (event.key === 'ArrowDown' && !list) moved = go(at.x, at.y + 1);
    else if (event.key === 'ArrowUp' && !list) moved = go(at.x, at.y - 1);
    else if (event.key === 'ArrowRight' && (list || whole || atEnd)) moved = at.x + 1 < rows[at.y].cells.length && go(at.x + 1, at.y);
    else if (event.key === 'ArrowLeft' && at.x > 0 && (list || whole || event.target.selectionEnd === 0)) moved = go(at.x - 1, at.y);
    if (moved) event.preventDefault();
  });
  function put(cell, text) {
    text = text.trim();
    if (cell.tagName === 'SELECT') {
      var found = Array.from(cell.options).find(function (one) { return one.textContent.trim() === text; });
      if (!found) return;
      cell.value = found.value;
    } else {
      cell.value = text === '0' || text === '—' || text === '-' ? '' : text;
    }
    cell.dispatchEvent(new Event('input', { bubbles: true }));
    cell.dispatchEvent(new Event('change', { bubbles: true }));
  }
  grid.addEventListener('paste', function (event) {
    var at = place(event.target), text = event.clipboardData && event.clipboardData.getData('text/plain');
    if (!at || !text || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    text.replace(/\r/g, '').replace(/\n+$/, '').split('\n').forEach(function (line, dy) {
      var row = rows[at.y + dy];
      if (!row) return;
      line.split('\t').forEach(function (one, dx) {
        var cell = row.cells[at.x + dx];
        if (cell) put(cell, one);
      });
    });
    count();
  });

  function number(cell) { return /^\d+$/.test(cell.value.trim()) ? Number(cell.value) : 0; }
  function count() {
    var valid = form && form.elements.namedItem('valid'), most = valid && /^\d+$/.test(valid.value.trim()) ? Number(valid.value) : null;
    var graded = 0, best = 0, open = 0;
    rows.forEach(function (one) {
      var cast = one.cells.filter(function (cell) { return cell.tagName === 'INPUT'; }).reduce(function (all, cell) { return all + number(cell); }, 0);
      var total = $('[data-total]', one.row), list = one.cells.find(function (cell) { return cell.tagName === 'SELECT'; });
      total.textContent = cast || '';
      total.classList.toggle('over', most !== null && cast > most);
      total.title = most !== null && cast > most ? '多于有效票数' : '';
      if (list && list.value) graded += 1;
      if (list && list.value === 'excellent') best += 1;
      if (list && !list.value) open += 1;
    });
    var bound = Math.floor(graded / 3);
    sum.hidden = !graded;
    sum.textContent = '定等次 ' + graded + ' 人，优秀 ' + best + ' 人' + (best > bound ? '，多于三分之一（' + bound + ' 人），请支委会再核对' : '') + '。';
    sum.classList.toggle('warn', best > bound);
    rest.hidden = !open;
  }
  rest.addEventListener('click', function () {
    rows.forEach(function (one) {
      var list = one.cells.find(function (cell) { return cell.tagName === 'SELECT'; });
      if (list && !list.value) { list.value = rest.dataset.rest; list.dispatchEvent(new Event('input', { bubbles: true })); }
    });
    count();
  });
  if (form) {
    form.addEventListener('input', count);
    form.addEventListener('change', count);
    form.addEventListener('portal:restored', count);
  }
  count();
})();
