/* The editor of a form: one item opens at a time, items are dragged; arrows and the buttons of the
   page do the same without this. */
(function () {
  'use strict';
  var form = document.getElementById('definition-form');
  var list = form && form.querySelector('[data-sortable]');
  if (!list) return;
  var all = function (selector, root) { return Array.from((root || form).querySelectorAll(selector)); };

  function show(item, open) {
    item.classList.toggle('open', open);
    item.querySelector('.edit').hidden = !open;
    var button = item.querySelector('[data-opens]');
    button.setAttribute('aria-expanded', String(open));
    button.setAttribute('aria-label', button.getAttribute('aria-label').replace(/^\S+/, open ? '收起' : '展开'));
    mark();
  }
  /* The same item is outlined in the preview. */
  function mark() {
    var open = list.querySelector('.form-item.open');
    all('[data-phone]', document).forEach(function (part) {
      part.classList.toggle('now', Boolean(open) && part.dataset.phone === open.dataset.key);
    });
  }
  list.addEventListener('click', function (event) {
    var button = event.target.closest('[data-opens]');
    if (!button) return;
    event.preventDefault();
    var item = button.closest('.form-item');
    var open = !item.classList.contains('open');
    all('.form-item.open').forEach(function (other) { if (other !== item) show(other, false); });
    show(item, open);
  });
  /* A row says the title as it is typed. */
  list.addEventListener('input', function (event) {
    if (!/-title$/.test(event.target.name || '')) return;
    var words = event.target.closest('.form-item').querySelector('.t');
    if (words.firstChild) words.firstChild.textContent = event.target.value + ' ';
  });
  function renumber() {
    all('.form-item').forEach(function (item, index, items) {
      item.querySelector('[data-number]').textContent = index + 1;
      item.querySelector('input[name$="-position"]').value = index + 1;
      var moves = all('.moves button', item);
      var fixed = !item.querySelector('[data-grip]');
      moves[0].disabled = fixed || index === 0;
      moves[1].disabled = fixed || index === items.length - 1;
    });
  }
  if (window.Sortable) {
    all('[data-grip]').forEach(function (grip) { grip.hidden = false; });
    window.Sortable.create(list, {
      handle: '[data-grip]', animation: 120,
      onEnd: function () {
        renumber();
        form.dataset.dirty = '1';
        window.portal.keep(form);
        if (form.autosave) form.autosave.now();
      }
    });
  }
  form.addEventListener('portal:restored', renumber);
  document.addEventListener('htmx:afterSwap', mark);
  /* The preview follows what is saved, with what was tried in it; never while somebody types there. */
  var preview = document.getElementById('phone');
  var waits = false;
  function isTypedIn() {
    var at = document.activeElement;
    return Boolean(at) && preview.contains(at) && /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
  }
  function follow() {
    waits = isTypedIn();
    if (!waits) preview.dispatchEvent(new CustomEvent('portal:look'));
  }
  function fit() {
    preview.closest('.form-editor').classList
      .toggle('is-wide', Boolean(preview.querySelector('.look-computer, .look-paper')));
  }
  if (preview) {
    fit();
    preview.addEventListener('htmx:afterSwap', fit);
    form.addEventListener('portal:saved', follow);
    preview.addEventListener('focusout', function (event) {
      if (waits && !preview.contains(event.relatedTarget)) follow();
    });
    preview.addEventListener('htmx:beforeSwap', function (event) {
      if (event.detail.requestConfig.elt !== preview || !isTypedIn()) return;
      event.detail.shouldSwap = false;
      waits = true;
    });
  }
  /* The button to start wakes when the sentence is ticked. */
  var seen = form.querySelector('#id_seen');
  var go = form.querySelector('.start .btn.go');
  function wake() { go.disabled = !seen.checked; go.toggleAttribute('data-off', !seen.checked); }
  if (seen && go) { seen.addEventListener('change', wake); wake(); }
  mark();
})();
