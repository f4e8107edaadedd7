/* The roll of a meeting as a grid: one tap says that somebody did not come, the bar below why. The
   controls behind it are plain lists, which is all there is without this. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$;
  var roll = $('[data-roll]');
  if (!roll) return;
  var votes = $$('[data-vote]'), more = $('[data-more-votes]');
  var bar = $('[data-why]', roll), form = roll.closest('form'), now = null;

  function put(kind, text) { var place = $('[data-count="' + kind + '"]', roll); if (place) place.textContent = text; }
  function control(row) { return $('select', row); }
  function words(row) {
    var list = control(row), chosen = list.options[list.selectedIndex];
    if (list.value === 'out') return '选原因';
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
    var quorum = $('[data-quorum]', roll);
    if (quorum) quorum.textContent = entitled.length ? (there.length * 2 > entitled.length ? '，过半' : '，未过半') : '';
    offer('entitled', entitled.length);
    offer('present', there.length);
  }
  /* What is offered of a vote follows the roll, until somebody types another figure or what it is about was kept. */
  function offer(name, figure) {
    votes.forEach(function (line) {
      var field = $('input[name$="-' + name + '"]', line);
      if (field.dataset.offered === undefined) {
        if (field.defaultValue && $('input[name$="-subject"]', line).defaultValue) return;
      } else if (field.value !== field.dataset.offered) return;
      field.value = field.dataset.offered = String(figure);
    });
  }
  /* The bar below never lies over the name that is being dealt with. */
  function uncover(button) {
    if (bar.hidden) return;
    var over = button.getBoundingClientRect().bottom + 8 - bar.getBoundingClientRect().top;
    if (over > 0 && !bar.contains(button)) window.scrollBy(0, over);
  }
  function choose(row) {
    var before = now;
    now = row;
    if (before) draw(before);
    if (row) { draw(row); $('[data-who]', bar).textContent = $('button', row).dataset.name; }
    bar.hidden = !row;
    if (row) uncover($('button', row));
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
    button.addEventListener('focus', function () { uncover(button); });
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
  /* One line for a vote, and the next when it is asked for; those with something in them are open. */
  function isFilled(line) { return $$('input', line).some(function (field) { return field.value && !/-(entitled|present)$/.test(field.name); }) || Boolean($('.has-error', line)); }
  function fold() {
    var last = 0;
    votes.forEach(function (line, index) { if (isFilled(line)) last = index; });
    votes.forEach(function (line, index) { line.hidden = index > last; });
    if (more) more.hidden = last >= votes.length - 1;
  }
  if (more) more.addEventListener('click', function () {
    var next = votes.find(function (line) { return line.hidden; });
    next.hidden = false;
    more.hidden = !votes.some(function (line) { return line.hidden; });
    $('input', next).focus();
  });
  if (form) form.addEventListener('portal:restored', function () { $$('.names li', roll).forEach(draw); fold(); count(); });
  fold();
  count();
})();
