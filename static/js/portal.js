/* What the pages do beyond plain HTML. Everything main works without it.
   Saving by itself is autosave.js; drafts on the device are drafts.js. */
(function () {
  'use strict';

  var meta = document.querySelector('meta[name="csrf-token"]');
  var $ = function (selector, root) { return (root || document).querySelector(selector); };
  var $$ = function (selector, root) { return Array.from((root || document).querySelectorAll(selector)); };

  function clockTime() {
    var now = new Date();
    return String(now.getHours()).padStart(2, '0') + ':' + String(now.getMinutes()).padStart(2, '0');
  }

  function notice(text) {
    var box = $('#messages');
    if (!box) return;
    var line = document.createElement('p');
    line.className = 'notice error';
    line.textContent = text;
    box.textContent = '';
    box.append(line);
  }

  /* A login in another tab changes the token: take the fresh one from the home page, so that what
     was typed here can still be sent. Resolves to whether somebody is signed in. */
  function refreshToken() {
    return fetch('/', { credentials: 'same-origin' }).then(function (response) {
      return response.text().then(function (html) {
        var page = new DOMParser().parseFromString(html, 'text/html');
        var fresh = page.querySelector('meta[name="csrf-token"]');
        if (!fresh || !meta || !page.querySelector('.menu.user')) return false;
        meta.content = fresh.content;
        $$('input[name="csrfmiddlewaretoken"]').forEach(function (input) { input.value = fresh.content; });
        return true;
      });
    });
  }

  var portal = window.portal = {
    $: $, $$: $$, meta: meta, notice: notice, clockTime: clockTime, refreshToken: refreshToken,
    person: ($('meta[name="person"]') || {}).content || '',
    signIn: function () { return Promise.resolve(false); }, // autosave.js
    keep: function () {}, forget: function () {}, // drafts.js
    prepared: [] // what else is done with each part of a page that arrives
  };

  /* A page in answer to a form: going back to it or reloading it asks for its address, which leads
     to the page of the form, instead of asking whether to send the form once more. */
  if ($('meta[name="posted"]') && history.replaceState) history.replaceState(null, '', location.href);

  /* --- htmx ------------------------------------------------------------------------------ */
  document.addEventListener('htmx:configRequest', function (event) {
    if (meta) event.detail.headers['X-CSRFToken'] = meta.content;
  });
  document.addEventListener('htmx:beforeSwap', function (event) {
    // A whole page in answer to a fragment is the sign-in page: never put it inside this one.
    if (/^\s*<!doctype/i.test(event.detail.xhr.responseText || '') && event.detail.target !== document.body) {
      event.detail.shouldSwap = false;
      notice('登录已过期，已填的文字不会丢。登录后再点一次。');
      portal.signIn();
    }
  });
  document.addEventListener('htmx:sendError', function () { notice('没有完成：网络中断。请稍后再试一次。'); });
  document.addEventListener('htmx:responseError', function (event) {
    if (event.detail.xhr.status === 401) {
      notice('登录已过期，已填的文字不会丢。登录后再点一次。');
      portal.signIn();
    } else if (event.detail.xhr.status === 403) {
      refreshToken().then(function (ok) {
        notice(ok ? '没有完成，请再试一次。' : '登录已过期。请在新的标签页登录，再回到本页继续。');
      }).catch(function () {});
    } else {
      notice('没有完成：系统暂时没有办成这一步。请稍后再试一次。');
    }
  });

  /* --- forms: send once, warn before leaving --------------------------------------------- */
  function isHtmx(form) { return form.matches('[hx-post],[hx-get],[hx-put],[hx-delete]'); }

  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (event.defaultPrevented || isHtmx(form) || form.method !== 'post') return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    // Another form's button leaves the page too, as an upload does: what is being written first.
    var written = $$('form').filter(function (one) {
      return one !== form && one.autosave && (one.dataset.dirty || one.autosave.busy) && !one.autosave.stopped;
    });
    if (written.length && !form.dataset.flushed) {
      event.preventDefault();
      var pressed = event.submitter || undefined;
      form.dataset.flushed = '1';
      Promise.all(written.map(function (one) { return one.autosave.flush(); })).then(function () { form.requestSubmit(pressed); });
      return;
    }
    delete form.dataset.flushed;
    if (form.dataset.draft && !form.dataset.reached) {
      // A page that is left for one that cannot be reached would be lost: ask first.
      event.preventDefault();
      var submitter = event.submitter || undefined;
      // Kept first: what it says would stand over that nothing was sent.
      Promise.resolve(portal.keep(form)).then(reach).then(function () {
        form.dataset.reached = '1';
        form.requestSubmit(submitter);
        delete form.dataset.reached;
      }).catch(function () {
        if (form.autosave) form.autosave.stopped = false;
        var text = '没有提交：连不上服务器。内容存在这台设备上，连上后再按一次';
        beside(submitter, portal.say(form, text, true), text);
      });
      return;
    }
    form.dataset.sent = '1';
    form.dataset.leaving = '1';
    // After this turn, so that the button pressed is still part of what is sent.
    setTimeout(function () { $$('button:not([type="button"])', form).forEach(function (b) { b.disabled = true; }); }, 0);
    if (form.hasAttribute('data-download')) setTimeout(function () { release(form); }, 3000);
  });

  /* Also beside the button that was pressed, where the form's own line is out of sight. */
  function beside(button, line, text) {
    $$('.save-status.here').forEach(function (one) { one.remove(); });
    var box = line && line.getBoundingClientRect();
    if (!button || (box && box.top >= 0 && box.bottom <= innerHeight)) return;
    var here = document.createElement('span');
    here.className = 'save-status bad here';
    here.setAttribute('role', 'status');
    here.textContent = text;
    button.after(here);
  }

  function reach() {
    var gone = new Promise(function (_, no) { setTimeout(no, 8000); });
    var answer = fetch('/healthz', { credentials: 'omit', cache: 'no-store' });
    return Promise.race([answer, gone]).then(function (response) { if (response.status >= 500) throw new Error(); });
  }

  /* The line beside the button that matters; `way` is a button in it: {text, act}. */
  portal.say = function (form, text, bad, way) {
    var line = $('[data-autosave-status]', form);
    if (!line && form.id) line = $$('[data-autosave-status]').find(function (one) {
      var button = one.parentElement && one.parentElement.querySelector('[form="' + form.id + '"]');
      return Boolean(button);
    });
    if (!line) {
      var actions = $('.actions', form);
      if (!actions) return null;
      line = document.createElement('span');
      line.className = 'save-status';
      line.setAttribute('role', 'status');
      line.setAttribute('data-autosave-status', '');
      actions.append(line);
    }
    line.textContent = text;
    line.classList.toggle('bad', Boolean(bad));
    if (!way) return line;
    var button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn-text';
    button.textContent = way.text;
    button.addEventListener('click', way.act);
    line.append(' ', button);
    return line;
  };

  /* --- the connection -------------------------------------------------------------------- */
  function connection() {
    var bar = $('#offline');
    if (navigator.onLine) { if (bar) bar.remove(); return; }
    if (bar) return;
    bar = document.createElement('div');
    bar.id = 'offline';
    bar.setAttribute('role', 'status');
    bar.textContent = '没有网络连接。可以接着写，内容先存在这台设备上，连上后再提交。';
    document.body.append(bar);
  }
  window.addEventListener('offline', connection);
  window.addEventListener('online', connection);
  if (!navigator.onLine) connection();

  function release(form) {
    delete form.dataset.sent;
    delete form.dataset.leaving;
    $$('button:not([type="button"])', form).forEach(function (b) { if (!b.hasAttribute('data-off')) b.disabled = false; });
  }
  window.addEventListener('pageshow', function (event) {
    if (event.persisted) $$('form[data-sent]').forEach(release);
  });

  document.addEventListener('input', function (event) {
    var form = event.target.form;
    if (!form) return;
    if (form.hasAttribute('data-warn-leave') || form.dataset.autosaveUrl) form.dataset.dirty = '1';
    if (form.autosave) { form.autosave.typed(); form.autosave.later(); }
  });
  window.addEventListener('beforeunload', function (event) {
    var dirty = $$('form[data-dirty]').some(function (form) { return !form.dataset.leaving; });
    if (dirty) { event.preventDefault(); event.returnValue = ''; }
  });

  /* --- dialogs, menus -------------------------------------------------------------------- */
  document.addEventListener('click', function (event) {
    var target = event.target;
    var opener = target.closest('[data-open-dialog]');
    if (opener) {
      var dialog = document.getElementById(opener.dataset.openDialog);
      if (dialog && dialog.showModal) { event.preventDefault(); if (!dialog.open) dialog.showModal(); }
    }
    var closer = target.closest('[data-close]');
    if (closer && closer.closest('dialog')) { event.preventDefault(); closer.closest('dialog').close(); }
    if (target.closest('[data-print]')) window.print();
    if (target.closest('[data-toggle-type]')) toggleType();
    $$('details.menu[open]').forEach(function (menu) { if (!menu.contains(target)) menu.open = false; });
  });
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') {
      $$('details.menu[open]').forEach(function (menu) { menu.open = false; $('summary', menu).focus(); });
    }
    var typing = event.target.matches && event.target.matches('input,textarea,select,[contenteditable]');
    var search = $('[data-search]');
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && search && search.offsetParent) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  /* --- text to be taken elsewhere -------------------------------------------------------- */
  /* [data-select-on-click] is selected whole; [data-copy="#id"] copies. The clipboard is there only
     over HTTPS: else the browser's old way, else the text stays selected and the person is told. */
  document.addEventListener('click', function (event) {
    if (event.target.matches('[data-select-on-click]')) event.target.select();
    var button = event.target.closest('[data-copy]');
    var source = button && $(button.dataset.copy);
    if (!source) return;
    var place = $('[data-copied]', button.parentElement);
    var tell = function (text) { if (place) place.textContent = text; };
    var select = function () {
      source.focus();
      source.select();
      var done = false;
      try { done = document.execCommand('copy'); } catch (error) { done = false; }
      tell(done ? '已复制' : '已选中，请按 Ctrl+C，手机上长按后选“复制”');
    };
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(source.value).then(function () { tell('已复制'); }, select);
    } else {
      select();
    }
  });

  /* --- large type ------------------------------------------------------------------------ */
  function toggleType() {
    var root = document.documentElement;
    var large = root.dataset.type !== 'large';
    if (large) root.dataset.type = 'large'; else delete root.dataset.type;
    var secure = location.protocol === 'https:' ? '; secure' : '';
    document.cookie = 'type=' + (large ? 'large' : 'normal') + '; path=/; max-age=31536000; samesite=lax' + secure;
    $$('[data-toggle-type]').forEach(function (b) { b.textContent = large ? '标准字号' : '大字显示'; });
  }

  /* --- tables: select all ---------------------------------------------------------------- */
  /* A file chooser that sends its form as soon as files are chosen. */
  document.addEventListener('change', function (event) {
    if (event.target.hasAttribute('data-submit-on-change') && event.target.value) event.target.form.requestSubmit();
  });

  /* [data-select-all="name"] ticks all boxes of that name in its form or table;
     [data-select-count] shows how many; [data-needs-selection] is off while none is ticked. */
  function countSelection(all) {
    var scope = all.closest('form') || all.closest('table');
    var boxes = $$('input[type="checkbox"]', scope).filter(function (box) { return box.name === all.dataset.selectAll && !box.disabled; });
    var ticked = boxes.filter(function (box) { return box.checked; }).length;
    all.checked = boxes.length > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    boxes.forEach(function (box) { var row = box.closest('tr'); if (row) row.classList.toggle('sel', box.checked); });
    $$('[data-select-count]', scope).forEach(function (place) { place.textContent = ticked ? '已选 ' + ticked + ' 条' : ''; });
    $$('[data-needs-selection]', scope).forEach(function (button) {
      button.disabled = ticked === 0;
      button.toggleAttribute('data-off', ticked === 0);
    });
    return boxes;
  }
  document.addEventListener('change', function (event) {
    var box = event.target;
    if (box.type !== 'checkbox') return;
    if (box.dataset.selectAll) {
      var checked = box.checked;
      countSelection(box).forEach(function (other) { other.checked = checked; });
      countSelection(box);
      return;
    }
    var scope = box.closest('form') || box.closest('table');
    var all = scope && $$('[data-select-all]', scope).find(function (a) { return a.dataset.selectAll === box.name; });
    if (all) countSelection(all);
  });

  /* --- start, also for fragments that arrive later --------------------------------------- */
  /* What was refused: to the first field that does not hold, its sentence on the screen; else to
     the sentence. */
  function showRefusal(root) {
    var wrong = $$('[aria-invalid="true"]', root).find(function (one) {
      return one.form && one.form.method === 'post' && one.offsetParent;
    });
    var sentence = $$('[data-focus]', root).find(function (one) {
      return one.matches('.notice, .field-error') || one.closest('form[method="post"]');
    });
    var found = wrong || sentence;
    if (!found) return;
    var place = wrong ? wrong.closest('.field, .verdict') || wrong : found;
    found.focus({ preventScroll: true });
    place.scrollIntoView({ block: 'center' });
    // A tall item has its sentence at its head.
    var item = wrong && wrong.closest('.item');
    var above = item && $('.field-error', item);
    if (above && above.getBoundingClientRect().top < 80) above.scrollIntoView({ block: 'start' });
  }

  portal.prepare = function (root) {
    portal.prepared.forEach(function (one) { one(root); });
    $$('[data-select-all]', root).forEach(countSelection);
    $$('[data-toggle-type], [data-copy]', root).forEach(function (button) { button.hidden = false; });
    showRefusal(root);
  };
  document.addEventListener('htmx:load', function (event) { portal.prepare(event.detail.elt); });
  document.addEventListener('DOMContentLoaded', function () {
    portal.prepare(document);
    var now = $('form[data-submit-now]');
    if (now) now.requestSubmit();
  });
})();
