/* The editor of a scheme: sums while marks are typed, another kind of rule at once. The page does the
   same without this, a save later. */
(function () {
  'use strict';
  var form = document.getElementById('tree-form');
  var all = function (selector, root) { return Array.from((root || document).querySelectorAll(selector)); };
  document.documentElement.classList.add('js');

  /* Hundred-thousandths, so that 0.1 + 0.2 is 0.3; null for what is no decimal (1/3 waits for the save). */
  function units(text) {
    return /^\d{1,9}(\.\d{1,5})?$/.test(text.trim()) ? Math.round(parseFloat(text) * 100000) : null;
  }
  function shown(value) { return String(value / 100000); }
  function sumUp() {
    var rows = all('tr[data-node]', form);
    var marks = {}, sums = {};
    rows.forEach(function (row) {
      var box = row.querySelector('input.num');
      marks[row.dataset.node] = box ? units(box.value) : null;
    });
    all('tr[data-in]', form).forEach(function (row) {
      var own = marks[row.dataset.node], parent = row.dataset.in;
      sums[parent] = own === null || sums[parent] === null ? null : (sums[parent] || 0) + own;
    });
    all('tr[data-group]', form).forEach(function (row) {
      var place = row.querySelector('[data-even]'), key = row.dataset.group;
      if (!(key in sums) || sums[key] === null || marks[key] === null) return;
      var off = sums[key] - marks[key];
      var pill = document.createElement('span');
      pill.className = 'pill ' + (off ? 'bad' : 'ok');
      pill.textContent = off ? '下面 ' + shown(sums[key]) + '，' + (off > 0 ? '多 ' : '少 ') + shown(Math.abs(off)) : '已平';
      place.textContent = '';
      place.appendChild(pill);
    });
    var leafMarks = rows.filter(function (row) { return row.dataset.in !== undefined && row.dataset.group === undefined; }).map(function (row) { return marks[row.dataset.node]; });
    var foot = form.querySelector('tfoot tr[data-node]');
    var total = form.querySelector('[data-total]');
    var root = foot && foot.dataset.node;
    if (!total || marks[root] === null || leafMarks.indexOf(null) >= 0) return;
    total.textContent = shown(leafMarks.reduce(function (sum, one) { return sum + one; }, 0)) + ' / ' + shown(marks[root]);
  }
  if (form) form.addEventListener('input', sumUp);

  document.addEventListener('change', function (event) {
    var name = event.target.name || '';
    if (/^rule-\d+-rule$/.test(name)) {
      var button = event.target.closest('fieldset').querySelector('[data-retype]');
      if (button) button.click();
    }
    if (/^rule-\d+-kind$/.test(name)) {
      var box = event.target.closest('fieldset').querySelector('.from-figures');
      if (box) box.toggleAttribute('data-hand', event.target.value !== 'figure');
    }
  });
})();
