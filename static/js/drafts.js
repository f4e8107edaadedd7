/* Drafts on the device: what is being written and is not on the server yet.

   <form data-draft="report-12" data-draft-title="…" data-draft-version="7">: written as one types,
   offered when the page is opened again, sent only by pressing the form's own button. Gone when it
   was sent (the cookie `draft_done` names it), saved on the server, deleted, or seven days old.
   Kept by person; fields with an identity or phone number are never written down. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$;
  if (!window.idbKeyval || !window.indexedDB || !portal.person) return;
  var DAYS = 7, DAY = 86400000;
  var store;
  try { store = window.idbKeyval.createStore('portal-drafts', 'drafts'); } catch (error) { return; }
  var db = window.idbKeyval;
  var PERSONAL = /(^|\D)(\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?!\d)/;

  /* --- a form's content ------------------------------------------------------------------ */
  function fields(form) {
    var found = [];
    Array.from(form.elements).forEach(function (one) {
      if (!one.name || one.disabled || one.hasAttribute('data-no-draft')) return;
      if (/^(hidden|file|password|submit|button|reset|image)$/.test(one.type)) return;
      if (/^(radio|checkbox)$/.test(one.type) && !one.checked) return;
      if (one.type === 'select-multiple') {
        Array.from(one.selectedOptions).forEach(function (option) { found.push([one.name, option.value]); });
        return;
      }
      found.push([one.name, PERSONAL.test(one.value.replace(/[\s-]/g, '')) ? null : one.value]);
    });
    return found;
  }
  function same(a, b) { return JSON.stringify(a) === JSON.stringify(b); }

  function fill(form, given) {
    var queues = {};
    given.forEach(function (pair) { (queues[pair[0]] = queues[pair[0]] || []).push(pair[1]); });
    Array.from(form.elements).forEach(function (one) {
      if (!one.name || /^(hidden|file|password|submit|button)$/.test(one.type)) return;
      var values = queues[one.name];
      if (/^(radio|checkbox)$/.test(one.type)) { one.checked = Boolean(values && values.indexOf(one.value) >= 0); return; }
      if (!values) return;
      if (one.type === 'select-multiple') {
        Array.from(one.options).forEach(function (option) { option.selected = values.indexOf(option.value) >= 0; });
        return;
      }
      var value = values.shift();
      if (value !== null && value !== undefined) one.value = value;
    });
    form.dispatchEvent(new Event('input', { bubbles: true }));
    var first = Array.from(form.elements).find(function (one) { return one.matches('textarea, input[type="text"]'); });
    if (first) first.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /* --- writing ----------------------------------------------------------------------------- */
  function acting(form) { var field = form.elements.namedItem('acting'); return field ? field.value : ''; }
  function base(form) { return form.dataset.draft + '/' + acting(form) + '/'; }

  function nameOf(form) {
    if (!form.draftName) form.draftName = base(form) + Date.now().toString(36);
    var field = form.elements.namedItem('draft');
    if (!field) {
      field = document.createElement('input');
      field.type = 'hidden';
      field.name = 'draft';
      form.append(field);
    }
    field.value = form.draftName;
    return form.draftName;
  }

  function write(form) {
    clearTimeout(form.draftTimer);
    var now = fields(form);
    if (same(now, form.draftStart)) return portal.forget(form);
    return db.set(nameOf(form), {
      person: portal.person, base: base(form), title: form.dataset.draftTitle || document.title,
      url: location.pathname + (form.dataset.draftQuery || ''), version: form.dataset.draftVersion || '', fields: now, at: Date.now()
    }, store).then(function () {
      if (form.autosave) return;
      var left = now.some(function (pair) { return pair[1] === null; });
      portal.say(form, portal.clockTime() + ' 已存在这台设备上，还没有提交' + (left ? '（含证件号或手机号的栏目不存）' : ''));
    }).catch(function () {}); // a browser that keeps nothing: the page still holds it
  }
  portal.keep = function (form) { if (form.draftStart) write(form); };
  portal.forget = function (form) {
    clearTimeout(form.draftTimer);
    if (!form.draftName) return Promise.resolve();
    form.draftStart = fields(form);
    return db.del(form.draftName, store).catch(function () {});
  };

  function watch(form) {
    if (form.draftStart) return;
    form.draftStart = fields(form);
    var typed = function (event) {
      if (event.target.form !== form) return;
      clearTimeout(form.draftTimer);
      form.draftTimer = setTimeout(write, 400, form);
    };
    document.addEventListener('input', typed);
    document.addEventListener('change', typed);
    var leave = function () { if (form.draftTimer) write(form); };
    document.addEventListener('visibilitychange', function () { if (document.hidden) leave(); });
    window.addEventListener('pagehide', leave);
    all().then(function (rows) {
      rows = rows.filter(function (row) { return row[1].base === base(form); });
      // A refused form comes back as it was typed: the page goes on with its draft.
      var refused = $('meta[name="posted"]') && form.matches('[method="post"]') && rows.shift();
      if (refused) { form.draftName = refused[0]; form.draftStart = []; nameOf(form); }
      rows.forEach(function (row) {
        if (same(row[1].fields, form.draftStart)) db.del(row[0], store);
        else offer(form, row[0], row[1]);
      });
    });
  }

  /* --- reading ----------------------------------------------------------------------------- */
  /* The person's drafts, newest first; what is too old is cleared away, whosever it is. */
  function all() {
    return db.entries(store).then(function (rows) {
      var old = rows.filter(function (row) { return !row[1] || !row[1].at || Date.now() - row[1].at > DAYS * DAY; });
      if (old.length) db.delMany(old.map(function (row) { return row[0]; }), store);
      return rows.filter(function (row) { return old.indexOf(row) < 0 && row[1].person === portal.person; })
        .sort(function (a, b) { return b[1].at - a[1].at; });
    }).catch(function () { return []; });
  }

  function when(at) {
    var day = new Date(at);
    return (day.getMonth() + 1) + '月' + day.getDate() + '日 ' + String(day.getHours()).padStart(2, '0') + ':' + String(day.getMinutes()).padStart(2, '0');
  }
  function element(tag, css, text) {
    var made = document.createElement(tag);
    if (css) made.className = css;
    if (text) made.textContent = text;
    return made;
  }
  function button(text, act, css) {
    var made = element('button', css || 'btn sm', text);
    made.type = 'button';
    made.addEventListener('click', act);
    return made;
  }

  function offer(form, name, draft) {
    var changed = draft.version && form.dataset.draftVersion && draft.version !== form.dataset.draftVersion;
    var box = element('div', 'notice info draft-offer');
    box.setAttribute('role', 'status');
    box.append(element('span', '', '这台设备上有 ' + when(draft.at) + ' 写的内容，没有提交。'
      + (changed ? '这以后页面上的内容有过变化，取回后请核对。' : '')));
    box.append(button('取回来', function () {
      fill(form, draft.fields);
      // Over somebody else's text only knowingly: with the version that it was written on.
      var field = form.elements.namedItem('version');
      if (changed && field && form.autosave) field.value = draft.version;
      form.draftName = name;
      nameOf(form);
      box.remove();
      portal.say(form, '已取回，还没有提交');
    }), button('删除', function () { db.del(name, store).then(function () { box.remove(); }); }, 'btn-text'));
    var card = form.closest('.card') || form;
    card.parentNode.insertBefore(box, card);
  }

  /* --- pages that list them ---------------------------------------------------------------- */
  function list(place) {
    all().then(function (rows) {
      place.textContent = '';
      var none = $('[data-drafts-none]');
      if (none) none.hidden = rows.length > 0;
      if (!rows.length) return;
      var lines = element('ul', 'due-list drafts');
      rows.forEach(function (row) {
        var line = element('li', 'due'), text = element('div'), link = element('a', '', row[1].title);
        link.href = row[1].url;
        var title = element('h2');
        title.append(link);
        var day = new Date(row[1].at + DAYS * DAY);
        text.append(title, element('p', '', when(row[1].at) + ' 写的 · ' + (day.getMonth() + 1) + '月' + day.getDate() + '日自动清除'));
        var remove = button('删除', function () { db.del(row[0], store).then(function () { list(place); }); });
        remove.setAttribute('aria-label', '删除：' + row[1].title);
        line.append(text, remove);
        lines.append(line);
      });
      place.append(lines);
    });
  }

  function note(place) {
    all().then(function (rows) {
      place.hidden = rows.length === 0;
      $$('[data-drafts-count]', place).forEach(function (one) { one.textContent = rows.length; });
    });
  }

  /* --- signing out ------------------------------------------------------------------------- */
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (!form.hasAttribute('data-signs-out') || form.dataset.asked || event.defaultPrevented) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    all().then(function (rows) {
      if (!rows.length) { form.dataset.asked = '1'; form.requestSubmit(); return; }
      var dialog = element('dialog', 'sign-out');
      if (!dialog.showModal) { form.dataset.asked = '1'; form.requestSubmit(); return; }
      var title = element('h2', '', '还有 ' + rows.length + ' 份内容没有提交');
      title.id = 'sign-out-title';
      dialog.setAttribute('aria-labelledby', 'sign-out-title');
      var lines = element('ul');
      rows.slice(0, 10).forEach(function (row) {
        var line = element('li'), link = element('a', '', row[1].title);
        link.href = row[1].url;
        line.append(link, element('span', 'muted small', '　' + when(row[1].at)));
        lines.append(line);
      });
      var go = function () { form.dataset.asked = '1'; form.requestSubmit(); };
      var actions = element('div', 'actions');
      actions.append(
        button('留在这台设备上，退出', go, 'btn go'),
        button('删除草稿，退出', function () { db.delMany(rows.map(function (row) { return row[0]; }), store).then(go, go); }, 'btn danger'),
        button('不退出', function () { dialog.close(); }, 'btn'));
      dialog.append(title, lines, element('p', 'muted small', '留下的草稿下次登录后可以取回，满七天自动清除。多人合用的设备，请提交或删除后再退出。'), actions);
      dialog.addEventListener('close', function () { dialog.remove(); });
      document.body.append(dialog);
      dialog.showModal();
    });
  }, true);

  /* --- start ------------------------------------------------------------------------------- */
  function gone() {
    var found = /(?:^|; )draft_done="?([^;"]+)"?/.exec(document.cookie);
    if (!found) return Promise.resolve();
    document.cookie = 'draft_done=; path=/; max-age=0; samesite=lax';
    return db.del(decodeURIComponent(found[1]), store).catch(function () {});
  }
  var ready = gone();
  portal.prepared.push(function (root) {
    ready.then(function () {
      $$('form[data-draft]', root).forEach(watch);
      $$('[data-drafts-list]', root).forEach(list);
      $$('[data-drafts-note]', root).forEach(note);
    });
  });
  window.addEventListener('pageshow', function (event) { if (event.persisted) gone(); });
})();
