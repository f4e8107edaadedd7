/* What the pages do beyond plain HTML. Everything main works without it.
   Nothing is kept in browser storage: drafts are personal data. */
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

  /* --- htmx ------------------------------------------------------------------------------ */
  document.addEventListener('htmx:configRequest', function (event) {
    if (meta) event.detail.headers['X-CSRFToken'] = meta.content;
  });
  document.addEventListener('htmx:beforeSwap', function (event) {
    // A whole page in answer to a fragment is the sign-in page: never put it inside this one.
    if (/^\s*<!doctype/i.test(event.detail.xhr.responseText || '') && event.detail.target !== document.body) {
      event.detail.shouldSwap = false;
      notice('登录已过期。请在新的标签页登录，再回到本页继续，已填的文字不会丢。');
    }
  });
  document.addEventListener('htmx:sendError', function () { notice('没有完成：网络中断。请稍后再试一次。'); });
  document.addEventListener('htmx:responseError', function (event) {
    if (event.detail.xhr.status === 403) {
      refreshToken().then(function (ok) {
        notice(ok ? '没有完成，请再试一次。' : '登录已过期。请在新的标签页登录，再回到本页继续。');
      }).catch(function () {});
    } else {
      notice('没有完成：系统暂时没有办成这一步。请稍后再试一次。');
    }
  });
  document.addEventListener('htmx:load', function (event) { prepare(event.detail.elt); });

  /* --- forms: send once, warn before leaving --------------------------------------------- */
  function isHtmx(form) { return form.matches('[hx-post],[hx-get],[hx-put],[hx-delete]'); }

  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (event.defaultPrevented || isHtmx(form) || form.method !== 'post') return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    form.dataset.leaving = '1';
    // After this turn, so that the button pressed is still part of what is sent.
    setTimeout(function () { $$('button:not([type="button"])', form).forEach(function (b) { b.disabled = true; }); }, 0);
    if (form.hasAttribute('data-download')) setTimeout(function () { release(form); }, 3000);
  });

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
    if (form.autosave) form.autosave.later();
  });
  window.addEventListener('beforeunload', function (event) {
    var dirty = $$('form[data-dirty]').some(function (form) { return !form.dataset.leaving; });
    if (dirty) { event.preventDefault(); event.returnValue = ''; }
  });

  /* --- autosave -------------------------------------------------------------------------- */
  /* <form data-autosave-url>: posts the form's text fields 2 s after the last key and on blur.
     200 with JSON {saved_at?: "HH:MM", version?: 7}; `version` goes into the field of that name.
     409 with HTML for [data-autosave-conflict]; saving stops until somebody presses
     [data-autosave-resume], whose data-version (if any) is taken over. 400/422: JSON {message}. */
  function Autosave(form) {
    this.form = form;
    this.status = $('[data-autosave-status]', form) || $('[data-autosave-status]');
    this.conflict = $('[data-autosave-conflict]', form) || $('[data-autosave-conflict]');
    this.timer = 0; this.busy = false; this.again = false; this.stopped = false; this.failures = 0;
    var self = this;
    form.addEventListener('focusout', function (event) {
      var next = event.relatedTarget;
      if (form.dataset.dirty && !(next && next.type === 'submit')) self.now();
    });
    document.addEventListener('visibilitychange', function () { if (document.hidden && form.dataset.dirty) self.now(); });
    window.addEventListener('online', function () { if (form.dataset.dirty) self.now(); });
    form.addEventListener('submit', function (event) {
      clearTimeout(self.timer);
      self.stopped = true;
      if (!self.busy) return;
      // A save under way will raise the version: wait for it, or the two would collide.
      event.preventDefault();
      self.submitter = event.submitter || true;
    });
    window.addEventListener('pageshow', function (event) { if (event.persisted) self.stopped = false; });
    if (this.conflict) this.conflict.addEventListener('click', function (event) {
      var button = event.target.closest('[data-autosave-resume]');
      if (!button) return;
      if (button.dataset.version) self.setVersion(button.dataset.version);
      self.conflict.textContent = '';
      self.stopped = false;
      self.now();
    });
  }
  Autosave.prototype.say = function (text, bad) {
    if (!this.status) return;
    this.status.textContent = text;
    this.status.classList.toggle('bad', Boolean(bad));
  };
  Autosave.prototype.setVersion = function (version) {
    var field = this.form.elements.namedItem('version') || this.form.elements.namedItem('token');
    if (field && version !== undefined) field.value = version;
  };
  Autosave.prototype.later = function (seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.now.bind(this), (seconds || 2) * 1000);
  };
  Autosave.prototype.retry = function (text) {
    this.failures += 1;
    this.say(text, true);
    this.later(Math.min(60, 5 * Math.pow(2, this.failures - 1)));
  };
  Autosave.prototype.now = function () {
    if (this.stopped) return;
    if (this.busy) { this.again = true; return; }
    clearTimeout(this.timer);
    this.busy = true; this.again = false;
    var self = this;
    var form = this.form;
    var body = new URLSearchParams();
    new FormData(form).forEach(function (value, name) { if (typeof value === 'string') body.append(name, value); });
    delete form.dataset.dirty; // keys pressed while this is under way set it again
    var lost = function () { form.dataset.dirty = '1'; };
    fetch(form.dataset.autosaveUrl, {
      method: 'POST', body: body, credentials: 'same-origin', redirect: 'manual',
      headers: { 'X-CSRFToken': meta ? meta.content : '', 'X-Requested-With': 'fetch' }
    }).then(function (response) {
      if (response.ok) {
        self.failures = 0;
        var isJson = (response.headers.get('Content-Type') || '').indexOf('json') > 0;
        return (isJson ? response.json() : Promise.resolve({})).then(function (answer) {
          self.setVersion(answer.version);
          self.say((answer.saved_at || clockTime()) + ' 已自动保存');
          form.dispatchEvent(new CustomEvent('portal:saved', { bubbles: true }));
        });
      }
      lost();
      if (response.status === 409) {
        self.stopped = true;
        self.say('未保存：另有人改过这份内容，请先核对', true);
        return response.text().then(function (html) {
          if (!self.conflict) return;
          self.conflict.innerHTML = html;
          if (window.htmx) window.htmx.process(self.conflict);
          self.conflict.scrollIntoView({ block: 'nearest' });
        });
      }
      if (response.type === 'opaqueredirect' || response.status === 401 || response.status === 403) {
        return refreshToken().then(function (ok) {
          self.retry(ok ? '未保存：正在重试' : '未保存：登录已过期，文字已保留在本页。请在新的标签页登录，这里会接着保存');
        });
      }
      if (response.status >= 500 || response.status === 429) { self.retry('未保存：系统繁忙，文字已保留在本页，稍后自动重试'); return; }
      return response.json().catch(function () { return {}; }).then(function (answer) {
        self.say('未保存：' + (answer.message || '有内容不合要求，请检查后提交'), true);
      });
    }).catch(function () {
      lost();
      self.retry('未保存：网络中断，文字已保留在本页');
    }).then(function () {
      self.busy = false;
      var submitter = self.submitter;
      self.submitter = null;
      if (submitter) form.requestSubmit(submitter === true ? undefined : submitter);
      else if (self.again) self.now();
    });
  };

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
  function prepare(root) {
    var forms = $$('form[data-autosave-url]', root);
    if (root.matches && root.matches('form[data-autosave-url]')) forms.push(root);
    forms.forEach(function (form) { if (!form.autosave) form.autosave = new Autosave(form); });
    $$('[data-select-all]', root).forEach(countSelection);
    $$('[data-toggle-type]', root).forEach(function (button) { button.hidden = false; });
    var summary = $('[data-focus]', root);
    if (summary && summary.closest('form[method="post"]')) summary.focus();
  }
  prepare(document);
})();
