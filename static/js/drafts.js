/* Drafts on the device: what is being written and is not on the server yet.

   <form data-draft="report-12" data-draft-title="…">: written as one types, offered when the page is
   opened again (at data-draft-url, where its address is another), sent only by pressing the form's own
   button. Gone when it was sent (the cookie `draft_done` names it), saved on the server, deleted, or
   seven days old. Kept by person. Never written down: passwords, files, hidden fields but those marked
   [data-draft-keep] (by which the server knows what was sent already), what is marked [data-no-draft],
   and any text with an identity or phone number in it; the offer names what has to be typed again.
   Put back into a form that has changed since, a draft says what of it finds no place any more, and what
   the page asks that it knows nothing of: people who left the list or came upon it.
   Rows that can be moved, added or taken out are [data-draft-row="key"]: their fields are kept by that
   key and in that order, and `portal:restored` tells the form's own script that they were put back. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$;
  if (!window.idbKeyval || !window.indexedDB || !portal.person) return;
  var DAYS = 7, DAY = 86400000;
  var store;
  try { store = window.idbKeyval.createStore('portal-drafts', 'drafts'); } catch (error) { return; }
  var db = window.idbKeyval;
  // Fifteen digits are one of the old numbers only with a birthday in them: 2025.10.1-2025.12.31 has none.
  var PERSONAL = /(^|\D)(\d{17}[\dXx]|\d{8}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}|1[3-9]\d{9})(?!\d)/;
  var WORDS = /[^\x00-\x7f]|\s/;

  function hasNumber(text) { return PERSONAL.test(text.normalize('NFKC').replace(/[\s\-‐-―.·]/g, '')); }

  /* --- a form's content ------------------------------------------------------------------ */
  function isOff(one) { return one.hasAttribute('data-no-draft') || /^(file|password)$/.test(one.type); }
  function isPicked(one) { return /^(radio|checkbox)$/.test(one.type); }
  function written(form) {
    return Array.from(form.elements).filter(function (one) {
      if (one.type === 'hidden') return one.name && one.hasAttribute('data-draft-keep');
      return one.name && !one.disabled && !isOff(one) && !/^(submit|button|reset|image|fieldset|output)$/.test(one.type);
    });
  }
  function rowOf(one) { var row = one.closest('[data-draft-row]'); return row ? row.dataset.draftRow : ''; }
  /* Numbers in the names of a row's fields are those of its place on this page, which may differ on the next. */
  function nameIn(one) {
    var row = rowOf(one);
    return row ? '@' + row + '/' + one.name.replace(/-\d+-/, '-#-') : one.name;
  }
  function rowIn(name) { var found = /^@(.*)\/[^/]*$/.exec(name); return found ? found[1] : ''; }

  function fields(form) {
    var found = [];
    written(form).forEach(function (one) {
      if (isPicked(one) && !one.checked) return;
      if (one.type === 'select-multiple') {
        Array.from(one.selectedOptions).forEach(function (option) { found.push([nameIn(one), option.value]); });
        return;
      }
      found.push([nameIn(one), one.type !== 'hidden' && hasNumber(one.value) ? null : one.value]);
    });
    return found.concat(form.draftUnplaced || []);
  }
  function same(a, b) { return JSON.stringify(a) === JSON.stringify(b); }

  /* What a control is called on its page. */
  function labelOf(one) {
    var label = isPicked(one) ? (one.closest('fieldset') || one).querySelector('legend') : one.labels && one.labels[0];
    if (!label) return one.getAttribute('aria-label') || '';
    var copy = label.cloneNode(true);
    $$('.optional, .visually-hidden', copy).forEach(function (part) { part.remove(); });
    return copy.textContent.trim();
  }
  function isChanged(one) {
    if (isPicked(one)) return one.checked !== one.defaultChecked;
    if (/^select/.test(one.type)) {
      var options = Array.from(one.options), first = options.some(function (option) { return option.defaultSelected; }) ? -1 : 0;
      return options.some(function (option, index) { return option.selected && !option.defaultSelected && index !== first; });
    }
    return Boolean(one.value) && (one.value !== one.defaultValue || one.type === 'file' || Boolean($('meta[name="posted"]')));
  }
  /* What was typed and is not kept, as it is called; also what an earlier draft had not kept, until it is typed. */
  function leftOut(form) {
    var before = form.draftLeft || [], found = [];
    Array.from(form.elements).forEach(function (one) {
      if (!one.name || one.disabled || !one.type || /^(hidden|submit|button|fieldset)$/.test(one.type)) return;
      var label = labelOf(one);
      if (!label || found.indexOf(label) >= 0) return;
      if (isOff(one)) {
        if (isChanged(one) || before.indexOf(label) >= 0) found.push(label);
      } else if (!isPicked(one) && !/^select/.test(one.type) && (one.value ? hasNumber(one.value) : before.indexOf(label) >= 0)) found.push(label);
    });
    return found;
  }

  /* What was chosen in each list, in words: said of those that are gone when the draft is opened. */
  function chosen(form) {
    var found = {};
    written(form).forEach(function (one) {
      if (one.type !== 'select-one' || !one.value) return;
      found[nameIn(one)] = labelOf(one) + '（' + one.options[one.selectedIndex].textContent.trim() + '）';
    });
    return found;
  }
  /* What the page asks and the draft knows nothing of; boxes that are not ticked are in no draft. */
  function unknown(form, given) {
    var known = given.map(function (pair) { return pair[0]; });
    return written(form).filter(function (one) {
      return one.type !== 'hidden' && !isPicked(one) && one.type !== 'select-multiple' && !rowIn(nameIn(one)) && known.indexOf(nameIn(one)) < 0;
    }).map(labelOf).filter(function (label, place, all) { return label && all.indexOf(label) === place; });
  }

  /* Puts a draft into the form; answers what found no place: rows and choices that are gone. */
  function fill(form, given) {
    var queues = {}, rows = [];
    given.forEach(function (pair) {
      (queues[pair[0]] = queues[pair[0]] || []).push(pair[1]);
      if (rowIn(pair[0]) && rows.indexOf(rowIn(pair[0])) < 0) rows.push(rowIn(pair[0]));
    });
    arrange(form, rows);
    var changed = [];
    written(form).forEach(function (one) {
      var name = nameIn(one), values = queues[name] || [];
      if (rowIn(name) && rows.indexOf(rowIn(name)) < 0) return; // a row that was not there then
      if (isPicked(one)) {
        var place = values.indexOf(one.value), checked = place >= 0;
        if (checked) values.splice(place, 1);
        if (one.checked !== checked) { one.checked = checked; changed.push(one); }
      } else if (one.type === 'select-multiple') {
        Array.from(one.options).forEach(function (option) {
          var at = values.indexOf(option.value);
          option.selected = at >= 0;
          if (at >= 0) values.splice(at, 1);
        });
        changed.push(one);
      } else if (values.length) {
        var value = values[0];
        var known = one.type !== 'select-one' || Array.from(one.options).some(function (option) { return option.value === value; });
        if (value === null || known) values.shift();
        if (value !== null && known && one.value !== value) { one.value = value; changed.push(one); }
      }
    });
    changed.forEach(function (one) {
      one.dispatchEvent(new Event('input', { bubbles: true }));
      one.dispatchEvent(new Event('change', { bubbles: true }));
    });
    form.dispatchEvent(new CustomEvent('portal:restored', { bubbles: true }));
    var unplaced = [];
    Object.keys(queues).forEach(function (name) {
      queues[name].forEach(function (value) { if (value) unplaced.push([name, value]); });
    });
    return unplaced;
  }
  /* The rows in the order in which they stood; one that is new since keeps its place among them. */
  function arrange(form, order) {
    var all = $$('[data-draft-row]', form);
    var known = order.map(function (key) { return all.find(function (row) { return row.dataset.draftRow === key; }); }).filter(Boolean);
    all.map(function (row) { return known.indexOf(row) >= 0 ? null : row; })
      .forEach(function (row, index, places) { places[index] = row || known.shift(); all[0].parentNode.append(places[index]); });
  }

  /* --- writing ----------------------------------------------------------------------------- */
  function acting(form) { var field = form.elements.namedItem('acting'); return field ? field.value : ''; }
  function base(form) { return form.dataset.draft + '/' + acting(form) + '/'; }
  /* The field that says which state of the thing the form was made from. */
  function versionOf(form) {
    return ['version', 'token', 'revision', 'seen'].map(function (name) { return form.elements.namedItem(name); })
      .find(function (field) { return field && field.type === 'hidden'; });
  }
  function titleOf(form) {
    var heading = $('h1'), own = form.dataset.draftTitle || (heading ? heading.textContent.trim() : document.title);
    return nameOfForm(form) + own;
  }
  /* Its button's word, where several forms of a page are kept. */
  function nameOfForm(form) {
    var button = $$('form[data-draft]').length > 1 && $('button:not([type="button"])', form);
    return button ? button.textContent.trim() + '：' : '';
  }
  /* Where the form is found again: after a refusal the page's own address says no more what was chosen. */
  function addressOf(form) { return form.dataset.draftUrl || location.pathname + (hasNumber(location.search) ? '' : location.search); }

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
    form.draftTimer = 0;
    var now = fields(form);
    if (same(now, form.draftStart)) return portal.forget(form);
    var version = versionOf(form), left = leftOut(form);
    return db.set(nameOf(form), {
      person: portal.person, base: base(form), title: titleOf(form), role: portal.role(),
      url: addressOf(form), version: version ? version.value : '', fields: now, left: left, words: chosen(form), at: Date.now()
    }, store).then(function () {
      if (form.autosave) return;
      portal.say(form, portal.clockTime() + ' 已存在这台设备上，还没有提交' + (left.length ? '（' + left.join('、') + '不存）' : ''));
    }).catch(function () {}); // a browser that keeps nothing: the page still holds it
  }
  portal.keep = function (form) { return form.draftStart ? write(form) : undefined; };
  portal.forget = function (form) {
    clearTimeout(form.draftTimer);
    form.draftTimer = 0;
    if (!form.draftName || (form.draftUnplaced || []).length) return Promise.resolve();
    form.draftStart = fields(form);
    return db.del(form.draftName, store).catch(function () {});
  };
  /* Whose page it is: the role in words, as the head of the page names it. */
  portal.role = function () { var place = $('.acting summary, div.acting'); return place ? place.textContent.replace(/\s+/g, ' ').trim() : ''; };

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
      // A refused form comes back as it was typed: the page goes on with its draft.
      var posted = $('meta[name="posted"]');
      rows.filter(function (row) { return row[1].base === base(form); }).forEach(function (row) {
        if (posted && posted.content === row[0]) {
          form.draftName = row[0];
          form.draftStart = [];
          nameOf(form);
        } else if (same(row[1].fields, form.draftStart)) db.del(row[0], store);
        else offer(form, row[0], row[1]);
      });
    });
  }

  /* --- reading ----------------------------------------------------------------------------- */
  /* The person's drafts, newest first; what is too old is cleared away, whosever it is. */
  function all() {
    return db.entries(store).then(function (rows) {
      var old = rows.filter(function (row) { return !row[1] || !row[1].at || Date.now() - row[1].at > DAYS * DAY; });
      if (old.length) remove(old.map(function (row) { return row[0]; }));
      return rows.filter(function (row) { return old.indexOf(row) < 0 && row[1].person === portal.person; })
        .sort(function (a, b) { return b[1].at - a[1].at; });
    }).catch(function () { return []; });
  }

  /* --- photographs (photos.js) --------------------------------------------------------------- */
  /* Rows among the drafts whose names begin so; their bytes lie in a store of their own, so that listing
     reads none. A row is there before its bytes and after them: none is left that nobody lists. */
  var PHOTO = 'photo/', photoStore;
  function photoBytes() { photoStore = photoStore || db.createStore('portal-photos', 'bytes'); return photoStore; }
  function remove(names) {
    var photos = names.filter(function (name) { return String(name).indexOf(PHOTO) === 0; });
    var first = photos.length ? db.delMany(photos, photoBytes()) : Promise.resolve();
    return first.then(function () { return db.delMany(names, store); }).catch(function () {});
  }
  portal.device = {
    PHOTO: PHOTO, all: all, remove: remove, hasNumber: hasNumber, element: element, button: button,
    /* The row, and its bytes where they are given; nothing is left where there is no room for both. */
    keep: function (name, row, bytes) {
      return db.set(name, row, store).then(function () {
        return bytes && db.set(name, bytes, photoBytes()).catch(function (error) {
          return db.del(name, store).then(function () { throw error; });
        });
      });
    },
    bytes: function (name) { return db.get(name, photoBytes()); }
  };

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
    var field = versionOf(form), left = draft.left || [];
    var changed = Boolean(draft.version && field && draft.version !== field.value);
    var box = element('div', 'notice info draft-offer');
    box.setAttribute('role', 'status');
    var which = nameOfForm(form);
    box.append(element('span', '', '这台设备上有 ' + when(draft.at) + ' 写的' + (which ? '“' + which.slice(0, -1) + '”' : '内容') + '，没有提交。'
      + (left.length ? left.join('、') + '没有存，取回后请再填。' : '')
      + (changed ? '这以后页面上的内容有过变化，取回后请核对。' : '')));
    box.append(button('取回来', function () {
      var fresh = unknown(form, draft.fields), unplaced = fill(form, draft.fields);
      // Over somebody else's text only knowingly: with the version that it was written on.
      if (changed) field.value = draft.version;
      form.draftName = name;
      form.draftLeft = left;
      form.draftUnplaced = unplaced; // stays in the draft until it is done
      nameOf(form);
      $$('details', document).forEach(function (fold) { if (fold.contains(form)) fold.open = true; });
      taken(box, form, left, unplaced, fresh, draft.words || {});
      portal.say(form, '已取回，还没有提交');
    }), button('删除', function () { db.del(name, store).then(function () { box.remove(); }); }, 'btn-text'));
    var card = form.closest('.card');
    if (card) card.before(box); else form.prepend(box);
  }

  /* In the place of the offer: what has to be typed again, each with the way to it; what was written
     in rows or chosen from lists that are no longer on the page, to be copied; what is new on it. */
  function taken(box, form, left, unplaced, fresh, words) {
    if (!left.length && !unplaced.length && !fresh.length) { box.remove(); return; }
    box.textContent = '';
    var line = element('span', '', '已取回，还没有提交。' + (left.length ? '这几栏没有存，请再填：' : ''));
    left.forEach(function (label, index) {
      var control = Array.from(form.elements).find(function (one) { return one.name && one.type !== 'hidden' && labelOf(one) === label; });
      if (index) line.append('、');
      line.append(control ? button(label, function () { control.focus(); control.scrollIntoView({ block: 'center' }); }, 'btn-text') : label);
    });
    box.append(line);
    if (fresh.length) box.append(element('p', '', '写草稿以后页面上新增了，请核对：' + fresh.slice(0, 20).join('、') + (fresh.length > 20 ? '等 ' + fresh.length + ' 项' : '') + '。'));
    if (!unplaced.length) return;
    var texts = unplaced.map(function (pair) { return pair[1]; }).filter(function (text) { return WORDS.test(text); });
    var gone = unplaced.map(function (pair) { return words[pair[0]]; }).filter(Boolean);
    box.classList.replace('info', 'warning');
    if (gone.length) box.append(element('p', '', '已不在页面上，没有取回：' + gone.join('、') + '。'));
    if (texts.length || !gone.length) box.append(element('p', '', texts.length ? '下面的文字所在的项目已不在页面上，需要的请复制：' : '有的选项已不在页面上，请重新选择。'));
    texts.forEach(function (text) { box.append(element('p', 'prose', text)); });
    box.append(button(texts.length ? '已复制，不再留' : '知道了', function () { form.draftUnplaced = []; write(form); box.remove(); }));
  }

  /* --- pages that list them ---------------------------------------------------------------- */
  /* [data-drafts-list] with all, or of the pages below data-drafts-under, in a [data-drafts-frame] that is
     seen while there are some. */
  function list(place) {
    var under = place.dataset.draftsUnder || '', frame = place.closest('[data-drafts-frame]');
    all().then(function (rows) {
      rows = rows.filter(function (row) { return row[1].url.indexOf(under) === 0; });
      place.textContent = '';
      if (frame) frame.hidden = !rows.length;
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
        text.append(title, element('p', '', when(row[1].at) + (row[1].photo ? ' 选的 · ' : ' 写的 · ') + (day.getMonth() + 1) + '月' + day.getDate() + '日自动清除'));
        if (row[1].role && row[1].role !== portal.role()) text.append(element('p', 'small muted', '写的时候' + row[1].role + '，先在页面上方换到这个角色再打开。'));
        var away = button('删除', function () { remove([row[0]]).then(function () { list(place); }); });
        away.setAttribute('aria-label', '删除：' + row[1].title);
        line.append(text, away);
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
        button('删除草稿，退出', function () { remove(rows.map(function (row) { return row[0]; })).then(go, go); }, 'btn danger'),
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
      $$('form[data-draft]', root).concat(root.matches && root.matches('form[data-draft]') ? [root] : []).forEach(watch);
      $$('[data-drafts-list]', root).forEach(list);
      $$('[data-drafts-note]', root).forEach(note);
    });
  });
  window.addEventListener('pageshow', function (event) { if (event.persisted) gone(); });
})();
