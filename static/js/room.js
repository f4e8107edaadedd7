/* The room of a meeting: clocks that tick, the part that others write refreshed in place, keys, and
   what helps who types. On the screen that follows, what is refreshed is whichever card the meeting
   is at. Everything works without it too, by links and buttons. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$;
  var live = $('#room-live'), form = $('#outcome');
  if (!live) return;
  var POLL = 2000, PAUSE = 4000; // milliseconds: between looks; after a key nothing moves
  var typedAt = 0, offset = 0;

  /* --- clocks ------------------------------------------------------------------------------ */
  function seen() { return $('#room-seen'); }
  function arrived() {
    if (seen()) offset = Number(seen().dataset.now) - Date.now() / 1000;
    live.drawnAt = Date.now();
  }
  function two(number) { return String(number).padStart(2, '0'); }
  function minutes(seconds) {
    var hours = Math.floor(seconds / 3600), rest = Math.floor(seconds % 3600 / 60), left = two(Math.floor(seconds % 60));
    return hours ? hours + ':' + two(rest) + ':' + left : rest + ':' + left;
  }
  function tick() {
    var now = Date.now() / 1000 + offset;
    $$('[data-used]', live).forEach(function (place) {
      var used = Number(place.dataset.used) + (place.hasAttribute('data-runs') ? (Date.now() - live.drawnAt) / 1000 : 0);
      place.textContent = minutes(Math.floor(used));
      place.parentElement.classList.toggle('bad', used > Number(place.dataset.planned) * 60);
    });
    $$('[data-since]', live).forEach(function (place) {
      var age = Math.max(0, Math.floor(now - Number(place.dataset.since)));
      if (age < 3600) place.textContent = (age < 60 ? age + ' 秒' : Math.floor(age / 60) + ' 分钟') + '前更新';
    });
    $$('[data-written]', live).forEach(function (row) {
      if (now - Number(row.dataset.written) > Number(row.dataset.fresh)) row.classList.remove('is-now');
    });
    $$('[data-clock]', live).forEach(function (place) {
      var seconds = (Number(place.dataset.clock) + (Date.now() - live.drawnAt) / 1000) % 86400;
      place.textContent = two(Math.floor(seconds / 3600)) + ':' + two(Math.floor(seconds % 3600 / 60));
    });
  }

  /* --- what others write ------------------------------------------------------------------- */
  function cut(text) {
    var place = $('[data-cut]', live);
    if (!place) return;
    place.hidden = !text;
    place.textContent = text || '';
  }
  /* Puts in place what has come. The foot stands below the form where there is one, else in the
     live part; another card begins at its top, under its own title. */
  function draw(html) {
    var card = (seen() || { dataset: {} }).dataset.card, foot = $('.wall-foot');
    var come = new DOMParser().parseFromString(html, 'text/html').body, fresh = $('.wall-foot', come);
    if (foot && fresh && !live.contains(foot)) {
      window.Idiomorph.morph(foot, fresh.innerHTML, { morphStyle: 'innerHTML' });
      fresh.remove();
    }
    window.Idiomorph.morph(live, come.innerHTML, { morphStyle: 'innerHTML' });
    arrived();
    tick();
    if (portal.meta) $$('.wall input[name="csrfmiddlewaretoken"]').forEach(function (input) { input.value = portal.meta.content; });
    if (!seen() || seen().dataset.card === card) return;
    document.title = seen().dataset.title + document.title.slice(document.title.lastIndexOf(' · '));
    scrollTo(0, 0);
  }
  function isTyping() { return Date.now() - typedAt < PAUSE; }
  function look() {
    if (document.hidden || isTyping() || live.dataset.busy || !seen() || seen().hasAttribute('data-over')) return Promise.resolve();
    live.dataset.busy = '1';
    var query = (live.dataset.live.indexOf('?') < 0 ? '?' : '&') + 'seen=' + encodeURIComponent(seen().value);
    if (form) query += '&editing=' + encodeURIComponent(form.elements.namedItem('uid').value);
    // Asking is not being there; on the wall, which nobody touches, it is while the meeting lasts.
    var headers = { 'X-Requested-With': 'fetch' }, awake = Number(seen().dataset.awake || 0);
    if (Date.now() / 1000 + offset > awake) headers['X-Portal-Poll'] = '1';
    return fetch(live.dataset.live + query, { credentials: 'same-origin', redirect: 'manual', headers: headers }).then(function (response) {
      if (response.status === 204) { cut(''); return undefined; }
      if (response.type === 'opaqueredirect' || response.status === 401 || response.status === 403) { cut('登录已过期，画面不再更新，请刷新页面'); return undefined; }
      if (response.status === 404) { cut('这个议题已不在议程上，请退出再进'); return undefined; }
      if (!response.ok) { cut('系统繁忙，画面没有更新'); return undefined; }
      return response.text().then(function (html) {
        if (!isTyping()) draw(html); // else a key was pressed while this was under way
      });
    }).catch(function () {
      cut('连不上服务器，画面停在 ' + portal.clockTime());
    }).then(function () { delete live.dataset.busy; });
  }

  /* --- leaving: what is written first ------------------------------------------------------- */
  function written() {
    var wait = form && form.autosave && !form.autosave.stopped && (form.dataset.dirty || form.autosave.busy);
    if (form) portal.keep(form);
    return wait ? form.autosave.flush() : Promise.resolve();
  }
  document.addEventListener('click', function (event) {
    var link = event.target.closest('a[href]');
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.target || !form) return;
    event.preventDefault();
    written().then(function () {
      form.dataset.leaving = '1'; // what could not be saved lies on the device, and is offered again
      location.href = link.href;
      if (link.pathname === location.pathname && link.search === location.search) location.reload();
    });
  });

  /* --- keys ---------------------------------------------------------------------------------- */
  document.addEventListener('keydown', function (event) {
    var target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var typing = target.matches && target.matches('input:not([type="radio"]),textarea,select');
    if (typing) {
      if (event.key === 'Escape') target.blur();
      return;
    }
    if (target.matches && target.matches('input[type="radio"]') && /^Arrow/.test(event.key)) return;
    if (target.closest && target.closest('.chart-scroll') && /^Arrow/.test(event.key)) return;
    var key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    var found = $$('[data-key]').find(function (one) { return one.dataset.key === key; });
    if (!found) return;
    event.preventDefault();
    found.click();
  });

  /* --- typing -------------------------------------------------------------------------------- */
  if (form) {
    form.addEventListener('input', function () { typedAt = Date.now(); });
    form.addEventListener('compositionupdate', function () { typedAt = Date.now(); });
    form.addEventListener('portal:saved', function (event) {
      var answer = event.detail || {};
      var number = $('[data-outcome-number]', form), hint = $('[data-outcome-hint]', form);
      if (number) number.textContent = answer.number || '';
      if (hint) hint.textContent = answer.hint || '';
    });
    form.addEventListener('click', function (event) {
      var button = event.target.closest('[data-fill]');
      if (!button) return;
      var field = form.elements.namedItem(button.dataset.fill);
      field.value = button.dataset.value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    $$('[data-find]', form).forEach(function (part) {
      var field = $('input', part), names = $('datalist', part), timer = 0;
      field.addEventListener('input', function () {
        clearTimeout(timer);
        timer = setTimeout(function () {
          if (!field.value.trim()) return;
          fetch(part.dataset.find + '?' + field.name + '=' + encodeURIComponent(field.value), { credentials: 'same-origin', redirect: 'manual' })
            .then(function (response) { return response.ok ? response.text() : ''; })
            .then(function (html) { names.innerHTML = html; })
            .catch(function () {}); // names are a help: the server finds what was typed all the same
        }, 250);
      });
    });
    var text = form.elements.namedItem('text');
    if (text && !$('[aria-invalid="true"]', form)) {
      text.focus();
      text.setSelectionRange(text.value.length, text.value.length);
    }
    form.scrollIntoView({ block: 'nearest' });
  }

  arrived();
  tick();
  setInterval(tick, 1000);
  setInterval(look, POLL);
  window.addEventListener('online', look);
  document.addEventListener('visibilitychange', function () { if (!document.hidden) look(); });
})();
