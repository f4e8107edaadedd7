/* A reviewer's desk by keyboard. Single keys never act while something is being typed, can be switched
   off, and all of it works without them. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$;
  var desk = $('[data-desk]');
  if (!desk) return;
  var form = $('.desk-form', desk), bar = $('[data-keys]', desk), KEY = 'desk-keys';
  var off = false;
  try { off = window.localStorage.getItem(KEY) === 'off'; } catch (error) { off = false; }
  bar.hidden = false;
  var button = $('[data-keys-switch]', bar);
  function show() { button.textContent = off ? '打开单键' : '关闭单键'; bar.classList.toggle('muted', off); }
  button.addEventListener('click', function () {
    off = !off;
    try { window.localStorage.setItem(KEY, off ? 'off' : 'on'); } catch (error) { /* this page only */ }
    show();
  });
  show();

  var levels = $$('.desk-boxes input[type=radio], .verdict input[type=radio]', desk);
  levels.forEach(function (one, place) {
    if (place > 3) return; // E, J, K and N have their own
    var key = document.createElement('kbd');
    key.textContent = String.fromCharCode(65 + place);
    one.parentNode.insertBefore(key, one);
  });
  function points() { return $('.desk-boxes input:not([type=radio]):not([type=checkbox])', desk); }
  function go(mark) { var link = $('[data-' + mark + ']', desk); if (link) window.location.assign(link.href); }
  function nextPiece() {
    var pieces = $$('[data-piece]', desk), here = $('.pieces .on [data-piece]', desk);
    var next = pieces[here ? pieces.indexOf(here) + 1 : 0] || pieces[0];
    if (next) (next.requestSubmit ? next.requestSubmit() : next.submit());
  }
  function typing(field) {
    return /^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName) && !/^(radio|checkbox|submit|button)$/.test(field.type);
  }

  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    var field = event.target;
    if (event.key === 'Escape' && typing(field) && desk.contains(field)) { field.blur(); return; }
    if (event.key === 'Enter' && field.tagName === 'INPUT' && form.contains(field)) return; // the form's own
    if (off || typing(field) || /^(A|BUTTON|SUMMARY)$/.test(field.tagName)) return;
    var key = event.key.toLowerCase(), done = true, box = points();
    if (key === 'j') go('after');
    else if (key === 'k') go('before');
    else if (key === 'e') nextPiece();
    else if (key === 'r') go('return');
    else if (key === 'n') { var why = $('.why textarea', form); if (why) why.focus(); }
    else if (key === 'enter') $('button[type=submit], button:not([type])', form).click();
    else if (/^[0-9]$/.test(key) && box) { box.focus(); box.value = key; box.dispatchEvent(new Event('input', { bubbles: true })); }
    else if (/^[a-d]$/.test(key) && levels[key.charCodeAt(0) - 97]) {
      var level = levels[key.charCodeAt(0) - 97];
      level.checked = true;
      level.focus();
      level.dispatchEvent(new Event('change', { bubbles: true }));
    } else done = false;
    if (done) event.preventDefault();
  });
}());
