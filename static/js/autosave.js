/* Saving by itself while somebody types, and signing in again without leaving the page. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$, meta = portal.meta;

  /* --- autosave -------------------------------------------------------------------------- */
  /* <form data-autosave-url>: posts the form's text fields 2 s after the last key and on blur.
     200 with JSON {saved_at?: "HH:MM", version?: 7}; `version` goes into the field of that name, all of
     it into `portal:saved`.
     409 with HTML for [data-autosave-conflict]; saving stops until somebody presses
     [data-autosave-resume], whose data-version (if any) is taken over. 400/422: JSON {message}.
     How it stands is said beside the form's button, with the way out. */
  function Autosave(form) {
    this.form = form;
    this.conflict = $('[data-autosave-conflict]', form) || $('[data-autosave-conflict]');
    this.timer = 0; this.busy = false; this.again = false; this.stopped = false; this.failures = 0; this.waiters = [];
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
  Autosave.prototype.say = function (text, bad, way) { portal.say(this.form, text, bad, way); };
  Autosave.prototype.setVersion = function (version) {
    var field = this.form.elements.namedItem('version') || this.form.elements.namedItem('token');
    if (field && version !== undefined) field.value = version;
  };
  Autosave.prototype.typed = function () {
    if (this.waiting || this.stopped || this.failures) return;
    this.waiting = true;
    this.say('有改动，还没有保存');
  };
  Autosave.prototype.later = function (seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.now.bind(this), (seconds || 2) * 1000);
  };
  Autosave.prototype.retry = function (text, way) {
    this.failures += 1;
    this.say(text, true, way || { text: '再试一次', act: this.now.bind(this) });
    this.later(Math.min(60, 5 * Math.pow(2, this.failures - 1)));
  };
  /* Saves what is open, and resolves when that has ended, however it did; at the latest in 5 s. */
  Autosave.prototype.flush = function () {
    var self = this;
    return new Promise(function (resolve) {
      setTimeout(resolve, 5000);
      if (self.stopped || (!self.busy && !self.form.dataset.dirty)) { resolve(); return; }
      self.waiters.push(resolve);
      if (!self.busy) self.now();
    });
  };
  Autosave.prototype.now = function () {
    if (this.stopped) return;
    if (this.busy) { this.again = true; return; }
    clearTimeout(this.timer);
    this.busy = true; this.again = false; this.waiting = false;
    var self = this;
    var form = this.form;
    var body = new URLSearchParams();
    new FormData(form).forEach(function (value, name) { if (typeof value === 'string') body.append(name, value); });
    delete form.dataset.dirty; // keys pressed while this is under way set it again
    var lost = function () { form.dataset.dirty = '1'; };
    if (!this.failures) this.say('正在保存…');
    fetch(form.dataset.autosaveUrl, {
      method: 'POST', body: body, credentials: 'same-origin', redirect: 'manual',
      headers: { 'X-CSRFToken': meta ? meta.content : '', 'X-Requested-With': 'fetch' }
    }).then(function (response) {
      if (response.ok) {
        self.failures = 0;
        var isJson = (response.headers.get('Content-Type') || '').indexOf('json') > 0;
        return (isJson ? response.json() : Promise.resolve({})).then(function (answer) {
          self.setVersion(answer.version);
          self.say((answer.saved_at || portal.clockTime()) + ' 已自动保存');
          form.dispatchEvent(new CustomEvent('portal:saved', { bubbles: true, detail: answer }));
          // What stands on the server need not lie on the device.
          if (!form.dataset.dirty && !$('[data-only-here]', form)) portal.forget(form);
        });
      }
      lost();
      if (response.status === 409) {
        self.stopped = true;
        self.say('未保存：另有人改过这份内容，请先核对', true, { text: '去核对', act: function () {
          if (self.conflict) self.conflict.scrollIntoView({ block: 'start' });
        } });
        return response.text().then(function (html) {
          if (!self.conflict) return;
          self.conflict.innerHTML = html;
          if (window.htmx) window.htmx.process(self.conflict);
          self.conflict.scrollIntoView({ block: 'nearest' });
        });
      }
      if (response.type === 'opaqueredirect' || response.status === 401 || response.status === 403) {
        return portal.refreshToken().then(function (ok) {
          if (ok) { self.retry('未保存：正在重试'); return; }
          self.retry('未保存：登录已过期，文字在本页没有丢', { text: '重新登录', act: function () {
            portal.signIn().then(function (done) { if (done) { self.failures = 0; self.now(); } });
          } });
        });
      }
      if (response.status === 404) {
        self.stopped = true;
        self.say('未保存：这份内容已不在所代表组织的范围内。文字在本页没有丢，请先复制再刷新', true);
        return undefined;
      }
      if (response.status >= 500 || response.status === 429) { self.retry('未保存：系统繁忙，文字在本页没有丢，稍后自动重试'); return undefined; }
      return response.json().catch(function () { return {}; }).then(function (answer) {
        self.say('未保存：' + (answer.message || '有内容不合要求，请检查后提交'), true);
      });
    }).catch(function () {
      lost();
      self.retry('未保存：没有网络连接，文字在本页没有丢');
    }).then(function () {
      self.busy = false;
      self.waiters.splice(0).forEach(function (one) { one(); });
      var submitter = self.submitter;
      self.submitter = null;
      if (submitter) form.requestSubmit(submitter === true ? undefined : submitter);
      else if (self.again) self.now();
    });
  };

  portal.prepared.push(function (root) {
    var forms = $$('form[data-autosave-url]', root);
    if (root.matches && root.matches('form[data-autosave-url]')) forms.push(root);
    forms.forEach(function (form) { if (!form.autosave) form.autosave = new Autosave(form); });
  });

  /* --- signing in again, in place -------------------------------------------------------- */
  /* The sign-in page's own form in a dialog over this page. Resolves to whether it was done. */
  portal.signIn = function () {
    return fetch('/login/', { credentials: 'same-origin' }).then(function (response) {
      if (response.redirected) return portal.refreshToken(); // signed in meanwhile, elsewhere
      return response.text().then(function (html) { return ask(html); });
    }).catch(function () { return false; });
  };

  function formOf(html) {
    return new DOMParser().parseFromString(html, 'text/html').querySelector('main form[method="post"]');
  }

  function ask(html) {
    var dialog = document.createElement('dialog');
    if (!dialog.showModal) { window.open('/login/', '_blank'); return Promise.resolve(false); }
    var open = $('dialog.sign-in');
    if (open) open.remove();
    dialog.className = 'sign-in';
    dialog.setAttribute('aria-label', '重新登录');
    document.body.append(dialog);
    return new Promise(function (resolve) {
      function show(form) {
        dialog.textContent = '';
        var head = document.createElement('p');
        head.textContent = '登录已过期。重新登录后，本页的内容接着办理。';
        dialog.append(head, document.importNode(form, true));
        var cancel = document.createElement('button');
        cancel.type = 'button';
        cancel.className = 'btn';
        cancel.textContent = '以后再说';
        cancel.addEventListener('click', function () { dialog.close(); });
        $('.actions', dialog).append(cancel);
        $('form', dialog).addEventListener('submit', send);
      }
      function send(event) {
        event.preventDefault();
        event.stopPropagation();
        fetch('/login/', {
          method: 'POST', body: new URLSearchParams(new FormData(event.target)), credentials: 'same-origin', redirect: 'manual'
        }).then(function (response) {
          if (response.type === 'opaqueredirect') {
            return portal.refreshToken().then(function (ok) { resolve(ok); dialog.close(); });
          }
          return response.text().then(function (text) {
            var form = formOf(text);
            if (form) show(form);
          });
        }).catch(function () { portal.notice('没有登录：没有网络连接。请稍后再试一次。'); });
      }
      dialog.addEventListener('close', function () { resolve(false); dialog.remove(); });
      show(formOf(html));
      dialog.showModal();
      var first = $('input:not([type="hidden"])', dialog);
      if (first) first.focus();
    });
  }
})();
