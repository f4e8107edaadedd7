/* The roll of a meeting as a grid: one tap says that somebody did not come, the bar below why, and who
   gave him leave. The controls behind it are plain lists, which is all there is without this. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$;
  var roll = $('[data-roll]');
  if (!roll) return;
  var votes = $$('[data-vote]'), more = $('[data-more-votes]');
  var bar = $('[data-why]', roll), form = roll.closest('form'), now = null;
  var reasons = $('[data-reasons]', bar), leaves = $('[data-leaves]', bar), other = $('[data-leave-name]', bar), done = $('[data-leave-done]', bar);
  // It lies over the end of the form and takes no place in it, so that no name moves when it comes or goes.
  // What sends the form stands below it, and who goes on to another field has done with it.
  if (form) {
    var sends = $$('button', form).filter(function (one) { return one.type === 'submit'; }).pop(), last = sends;
    while (last && last.parentNode !== form) last = last.parentNode;
    form.insertBefore($('[data-why-place]', roll), last || null);
    form.addEventListener('focusin', function (event) {
      if (now && !roll.contains(event.target) && !bar.contains(event.target)) choose(null);
    });
  }

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
  function told(rows) {
    var came = rows.filter(function (row) { return control(row).value === 'present'; }).length;
    var out = rows.filter(function (row) { var value = control(row).value; return value && value !== 'present'; }).length;
    return '应到 ' + rows.length + '，到会 ' + came + '，缺席 ' + out;
  }
  function count() {
    $$('[data-part]', roll).forEach(function (part) {
      var place = $('[data-part-count]', part);
      if (place) place.textContent = told($$('[data-one]', part));
    });
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
    if (over > 0 && !bar.contains(button)) window.scrollBy({ top: over, behavior: 'instant' });
  }
  /* What the bar asks of the one that is being dealt with: the reason, or who gave leave. */
  function ask(leave) {
    reasons.hidden = leave;
    leaves.hidden = !leave;
    $('[data-ask]', bar).textContent = leave ? words(now) + '，准假人（可不填）' : '缺席原因';
    if (!leave) return;
    offerChair();
    other.value = '';
    var given = leaveOf(now).value, known = false;
    $$('[data-leave]', leaves).forEach(function (button) {
      var same = button.dataset.leave === given;
      button.setAttribute('aria-pressed', String(same));
      known = known || same;
    });
    if (!known) other.value = given;
    name();
  }
  function name() { done.textContent = other.value.trim() ? '好' : '不填'; }
  function leaveOf(row) { return $('input', row); }
  /* Who chairs today can give leave, too. */
  function offerChair() {
    var chair = form && form.elements.namedItem('chair_name'), said = chair ? chair.value.trim() : '';
    var buttons = $$('[data-leave]', leaves), own = buttons.find(function (one) { return one.hasAttribute('data-chair'); });
    if (own) own.remove();
    if (!said || buttons.some(function (one) { return one !== own && one.dataset.leave === said; })) return;
    var button = document.createElement('button');
    button.type = 'button';
    button.dataset.leave = button.textContent = said;
    button.setAttribute('data-chair', '');
    leaves.insertBefore(button, other);
  }
  function choose(row) {
    var before = now;
    now = row;
    if (before) draw(before);
    if (row) { draw(row); $('[data-who]', bar).textContent = $('button', row).dataset.name; ask(false); }
    bar.hidden = !row;
    if (row) uncover($('button', row));
  }
  function give(name) {
    var row = now;
    if (!row) return;
    say(leaveOf(row), name);
    choose(null);
    draw(row);
    $('button', row).focus({ preventScroll: true });
  }
  function set(row, value) {
    say(control(row), value);
    if (leaveOf(row) && (value === 'present' || value === 'none')) say(leaveOf(row), '');
  }
  function say(field, value) {
    if (field.value === value) return;
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }

  var rows = $$('.names li', roll);
  rows.forEach(function (row) {
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
    if (leaveOf(row)) { leaveOf(row).tabIndex = -1; leaveOf(row).setAttribute('aria-hidden', 'true'); }
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
  bar.addEventListener('click', function (event) {
    var button = event.target.closest('button'), row = now;
    if (!button || !row) return;
    if (button.hasAttribute('data-leave')) return give(button.dataset.leave);
    if (button === done) return give(other.value.trim());
    set(row, button.dataset.set);
    draw(row);
    count();
    if (button.dataset.set !== 'present' && button.dataset.set !== 'none') {
      ask(true);
      uncover($('button', row));
      ($('button', leaves)).focus({ preventScroll: true });
      return;
    }
    choose(null);
    draw(row);
    $('button', row).focus({ preventScroll: true });
  });
  other.addEventListener('input', name);
  other.addEventListener('keydown', function (event) {
    if (event.key === 'Enter') { event.preventDefault(); give(other.value.trim()); }
  });
  /* By pinyin, or by 党小组 with who is in none last. */
  $$('[data-order]', roll).forEach(function (button, index, all) {
    button.addEventListener('click', function () {
      var byGroup = button.dataset.order === 'group';
      all.forEach(function (one) { one.setAttribute('aria-pressed', String(one === button)); });
      $$('.names[data-groups]', roll).forEach(function (list) { order(list, byGroup); });
    });
  });
  function order(list, byGroup) {
    $$('.group-name', list).forEach(function (one) { one.remove(); });
    var names = list.dataset.groups ? list.dataset.groups.split('|') : [];
    var own = rows.filter(function (row) { return row.parentNode === list; });
    list.classList.toggle('by-group', byGroup && names.length > 0);
    if (!byGroup || !names.length) { own.forEach(function (row) { list.append(row); }); return; }
    names.concat('没有编组').forEach(function (name, place) {
      var those = own.filter(function (row) { return Number(row.dataset.group) === place; });
      if (!those.length) return;
      var head = document.createElement('li');
      head.className = 'group-name';
      head.textContent = name + ' ' + those.length + ' 人';
      list.append(head);
      those.forEach(function (row) { list.append(row); });
    });
  }
  /* Empty names of who gave leave are not sent: a roll of hundreds is as many fields. */
  if (form) form.addEventListener('formdata', function (event) {
    rows.forEach(function (row) { var leave = leaveOf(row); if (leave && !leave.value) event.formData.delete(leave.name); });
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
  if (form) form.addEventListener('portal:restored', function () { rows.forEach(draw); fold(); count(); });
  fold();
  count();
})();
