/* The roll of a meeting as a grid: one tap says that somebody did not come, the bar below why. The
   controls behind it are plain lists, which is all there is without this. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$;
  var roll = $('[data-roll]');
  if (!roll) return;
  var bar = $('[data-why]', roll), form = roll.closest('form'), now = null;

  function put(kind, text) { var place = $('[data-count="' + kind + '"]', roll); if (place) place.textContent = text; }
  function control(row) { return $('select', row); }
  function words(row) {
    var list = control(row), chosen = list.options[list.selectedIndex];
    return chosen && list.value !== 'present' ? chosen.textContent : '';
  }
  function draw(row) {
    var list = control(row), button = $('button', row), extra = row.hasAttribute('data-extra');
    var out = !extra && list.value !== 'present';
    button.classList.toggle('abs', out && list.value !== '' && row !== now);
    button.classList.toggle('none', out && list.value === '');
    button.classList.toggle('now', row === now);
    button.classList.toggle('came', extra && list.value === 'present');
    button.setAttribute('aria-pressed', String(extra ? list.value === 'present' : out));
    var note = $('small', button), said = extra ? (list.value === 'present' ? '来了' : note.dataset.plain) : out ? words(row) : note.dataset.plain;
    note.textContent = said;
    note.hidden = !said;
  }
  function count() {
    var expected = $$('[data-one]', roll);
    var came = expected.filter(function (row) { return control(row).value === 'present'; });
    var out = expected.filter(function (row) { var value = control(row).value; return value && value !== 'present'; });
    var voters = $$('[data-votes]', roll), there = voters.filter(function (row) { return control(row).value === 'present'; });
    var entitled = voters.filter(function (row) { return row.hasAttribute('data-one') || control(row).value === 'present'; });
    put('present', came.length);
    put('absent', out.length);
    put('votes', there.length + ' / ' + entitled.length);
  }
  function choose(row) {
    var before = now;
    now = row;
    if (before) draw(before);
    if (row) { draw(row); $('[data-who]', bar).textContent = $('button', row).dataset.name; }
    bar.hidden = !row;
  }
  function set(row, value) {
    var list = control(row);
    if (list.value === value) return;
    list.value = value;
    list.dispatchEvent(new Event('input', { bubbles: true }));
    list.dispatchEvent(new Event('change', { bubbles: true }));
  }

  $$('.names li', roll).forEach(function (row) {
    var label = $('label', row), button = document.createElement('button'), note = $('small', label);
    var small = document.createElement('small'), mark = $('i', label);
    button.type = 'button';
    small.dataset.plain = note ? note.textContent : '';
    if (note) note.remove();
    if (mark) { mark.remove(); button.append(mark); }
    button.dataset.name = label.textContent.trim();
    button.append(label.textContent.trim(), small);
    row.append(button);
    control(row).tabIndex = -1;
    label.setAttribute('aria-hidden', 'true');
    control(row).setAttribute('aria-hidden', 'true');
    button.addEventListener('click', function () {
      var value = control(row).value;
      if (row.hasAttribute('data-extra')) { set(row, value === 'present' ? '' : 'present'); draw(row); count(); return; }
      if (value === 'present') set(row, 'out');
      else if (value === '') { set(row, 'present'); choose(null); draw(row); count(); return; }
      choose(row);
      draw(row);
      count();
    });
    draw(row);
  });
  $$('.names', roll).forEach(function (list) { list.classList.add('is-grid'); });
  $('[data-hint]', roll).hidden = false;
  $$('[data-set]', bar).forEach(function (button) {
    button.addEventListener('click', function () {
      var row = now;
      if (!row) return;
      set(row, button.dataset.set);
      choose(null);
      draw(row);
      count();
      $('button', row).focus();
    });
  });
  if (form) form.addEventListener('portal:restored', function () { $$('.names li', roll).forEach(draw); count(); });
  count();
})();
