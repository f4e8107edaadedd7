/* Photographs kept on the device until the server has them.

   <form data-photos="visit-12" data-photos-title="…" data-max-bytes="…">: each file that is chosen is
   first kept on the device, then sent by itself under an id of its own, so that one sent again after a
   broken line is one attachment. What could not be sent is shown as 未上传 and sent when the line is
   back, while the page is open; opened again, the page offers it with a button. [data-photos] without
   a form (nothing more can be added) only shows what is left. [data-photos-list] is fetched anew when
   something was taken. Listed, asked about at signing out and cleared after seven days with the drafts,
   by person (drafts.js). A browser that keeps nothing sends the form as it stands. */
(function () {
  'use strict';

  var portal = window.portal, $ = portal.$, $$ = portal.$$, device = portal.device;
  if (!device) return;
  var element = device.element, button = device.button;
  var MOST = 20, MB = 1048576, MOST_BYTES = 120 * MB;
  var LONGEST = 2000, QUALITY = 0.8; // a page of a notebook stays readable

  function size(bytes) { return bytes < MB ? Math.max(1, Math.round(bytes / 1024)) + ' KB' : (bytes / MB).toFixed(1) + ' MB'; }
  function newId() {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    var hex = Array.from(bytes, function (one) { return one.toString(16).padStart(2, '0'); }).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  /* The picture made smaller, as a file; the file itself when it is none, or cannot be drawn here. */
  function smaller(file) {
    var ending = (/\.(jpe?g|png|webp|hei[cf])$/i.exec(file.name) || [''])[0].toLowerCase();
    if (!ending || !file.size || !window.createImageBitmap) return Promise.resolve(file);
    return window.createImageBitmap(file, { imageOrientation: 'from-image' }).then(function (picture) {
      var scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      var canvas = element('canvas'), pen = canvas.getContext('2d');
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      pen.fillStyle = '#fff'; // what is transparent would turn black
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      return new Promise(function (done) { canvas.toBlob(done, 'image/jpeg', QUALITY); }).then(function (drawn) {
        canvas.width = canvas.height = 0; // gives its memory back at once
        // A drawing or a screenshot is smaller as it is; what a camera made carries its place.
        var isDrawing = /png|webp/.test(ending) && scale === 1 && drawn && drawn.size >= file.size;
        if (!drawn || !drawn.size || isDrawing) return file;
        var made = new File([drawn], file.name.replace(/\.[^.]+$/, '.jpg'), { type: 'image/jpeg' });
        made.before = file.size;
        return made;
      });
    }).catch(function () { return file; });
  }

  function Photos(place) {
    var self = this;
    this.place = place;
    this.form = place.matches('form') ? place : null;
    this.base = device.PHOTO + place.dataset.photos + '/';
    this.loose = []; // what the device could not keep: held by this page alone
    this.failures = 0;
    this.box = element('div', 'kept-photos no-print');
    this.line = element('p', 'save-status');
    this.line.setAttribute('role', 'status');
    this.list = element('ul', 'files');
    this.refusals = element('div');
    this.refusals.setAttribute('role', 'alert');
    this.box.append(this.list, this.refusals, this.line);
    place.before(this.box);
    if (this.form) {
      var input = this.input = $('input[type="file"]', this.form);
      input.removeAttribute('data-submit-on-change');
      input.addEventListener('change', function () { self.chosen(Array.from(input.files)); });
      this.form.addEventListener('submit', function (event) { event.preventDefault(); event.stopImmediatePropagation(); self.send(); });
      window.addEventListener('online', function () { if (self.isSending) self.send(); });
    }
    this.show();
  }

  /* What waits here, the oldest first: [name, row]. */
  Photos.prototype.rows = function () {
    var self = this;
    return device.all().then(function (rows) {
      return rows.filter(function (row) { return row[1].base === self.base; }).reverse().concat(self.loose);
    });
  };

  /* Why the file cannot be taken, as the server would say it; empty when it can. */
  Photos.prototype.reasonNot = function (file) {
    var most = Number(this.form.dataset.maxBytes), endings = this.input.accept.split(',');
    var ending = (/\.[^.]+$/.exec(file.name.toLowerCase()) || [''])[0];
    if (endings.indexOf(ending) < 0) return '不是可以上传的类型，请选照片（JPG、PNG、HEIC）、PDF、Word 或 Excel';
    if (!file.size) return '是空文件，请重新选择';
    if (file.size > most) return '有 ' + size(file.size) + '，超过每个 ' + most / MB + ' MB 的限制，请压缩后再选';
    return '';
  };

  Photos.prototype.chosen = function (files) {
    var self = this;
    this.input.value = '';
    this.refusals.textContent = '';
    return device.all().then(function (rows) {
      var kept = rows.filter(function (row) { return row[1].photo; });
      var room = MOST - kept.length, bytes = kept.reduce(function (sum, row) { return sum + row[1].photo.size; }, 0);
      return files.reduce(function (before, file) {
        return before.then(function () { return smaller(file); }).then(function (file) {
          var why = self.reasonNot(file);
          if (!why && (room < 1 || bytes + file.size > MOST_BYTES)) {
            why = '没有存：这台设备上没有上传的已有 ' + (MOST - room) + ' 个、' + size(bytes) + '（最多 ' + MOST + ' 个、' + size(MOST_BYTES) + '），请先上传或删除';
          }
          if (why) { self.refusals.append(element('p', 'field-error', '“' + file.name + '”' + why + '。')); return null; }
          room -= 1;
          bytes += file.size;
          return self.keep(file);
        });
      }, Promise.resolve());
    }).then(function () { return self.send(); });
  };

  Photos.prototype.keep = function (file) {
    var self = this, id = newId(), name = this.base + id;
    var ending = /\.[^.]+$/.exec(file.name)[0], called = device.hasNumber(file.name) ? '照片' + ending : file.name;
    var row = {
      person: portal.person, base: this.base, role: portal.role(), url: location.pathname + '#files', at: Date.now(),
      title: '照片“' + called + '”（' + size(file.size) + '，未上传）：' + this.form.dataset.photosTitle,
      photo: { id: id, name: called, size: file.size, before: file.before || 0, type: file.type, refused: '' }
    };
    return new Response(file).arrayBuffer().then(function (bytes) { return device.keep(name, row, bytes); }).catch(function () {
      row.photo.loose = file;
      self.loose.push([name, row]);
    });
  };

  Photos.prototype.bytesOf = function (row) {
    return row[1].photo.loose ? Promise.resolve(row[1].photo.loose) : device.bytes(row[0]);
  };
  Photos.prototype.forget = function (row) {
    this.loose = this.loose.filter(function (one) { return one !== row; });
    return row[1].photo.loose ? Promise.resolve() : device.remove([row[0]]);
  };

  /* --- sending: one after the other, until one finds no way ---------------------------------- */
  Photos.prototype.send = function () {
    var self = this, taken = 0;
    if (this.busy) { this.again = true; return Promise.resolve(); }
    clearTimeout(this.timer);
    this.busy = this.isSending = true;
    this.say('');
    return this.rows().then(function (rows) {
      return rows.filter(function (row) { return !row[1].photo.refused; }).reduce(function (before, row) {
        return before.then(function (goesOn) {
          if (!goesOn) return false;
          self.show(row[0]);
          return self.sendOne(row).then(function (outcome) { if (outcome === 'taken') taken += 1; return outcome !== 'later'; });
        });
      }, Promise.resolve(true));
    }).then(function (done) {
      self.busy = false;
      if (done) { self.failures = 0; self.isSending = false; }
      return (taken ? self.refresh() : Promise.resolve()).then(function () { return self.show(); });
    }).then(function () {
      if (self.again) { self.again = false; self.send(); }
    });
  };

  Photos.prototype.sendOne = function (row, isSecond) {
    var self = this, photo = row[1].photo;
    return this.bytesOf(row).then(function (bytes) {
      if (!bytes) return self.forget(row).then(function () { return 'gone'; });
      var body = new FormData(self.form);
      body.delete('file');
      body.append('uid', photo.id);
      body.append('file', new Blob([bytes], { type: photo.type }), photo.name);
      return fetch(self.form.action, {
        method: 'POST', body: body, credentials: 'same-origin', redirect: 'manual',
        headers: { 'X-CSRFToken': portal.meta ? portal.meta.content : '', 'X-Requested-With': 'fetch' }
      }).then(function (response) { return self.answered(row, response, isSecond); });
    }).catch(function () { return self.later('没有网络连接，照片存在这台设备上，连上后自动上传'); });
  };

  Photos.prototype.answered = function (row, response, isSecond) {
    var self = this;
    if (response.ok) return this.forget(row).then(function () { return 'taken'; });
    if (response.type === 'opaqueredirect' || response.status === 401 || response.status === 403) {
      return portal.refreshToken().then(function (isIn) {
        if (isIn && !isSecond) return self.sendOne(row, true);
        self.isSending = false;
        self.say(isIn ? '没有上传：现在的身份不能往这里传照片' : '没有上传：登录已过期，照片没有丢', isIn ? null : {
          text: '重新登录', act: function () { portal.signIn().then(function (done) { if (done) self.send(); }); }
        });
        return 'later';
      });
    }
    if (response.status >= 500 || response.status === 429) return this.later('系统繁忙，照片没有丢，稍后自动上传');
    if (response.status === 404) return this.refused(row, '这一页已不在所代表组织的范围内');
    if (response.status === 413) return this.refused(row, '文件太大，服务器不收');
    return response.json().catch(function () { return {}; }).then(function (answer) {
      return self.refused(row, answer.message || '服务器没有收下');
    });
  };

  Photos.prototype.refused = function (row, why) {
    row[1].photo.refused = why;
    var done = function () { return 'refused'; };
    return (row[1].photo.loose ? Promise.resolve() : device.keep(row[0], row[1])).then(done, done);
  };

  Photos.prototype.later = function (text) {
    this.failures += 1;
    this.say(text, { text: '现在再试', act: this.send.bind(this) });
    this.timer = setTimeout(this.send.bind(this), Math.min(60, 5 * Math.pow(2, this.failures - 1)) * 1000);
    return 'later';
  };

  /* The server's own list of files, as it is now; what is being written on the page stays. */
  Photos.prototype.refresh = function () {
    var self = this;
    return fetch(location.pathname, { credentials: 'same-origin' }).then(function (response) { return response.text(); }).then(function (html) {
      var fresh = new DOMParser().parseFromString(html, 'text/html').querySelector('[data-photos-list]');
      var old = $('[data-photos-list]');
      if (!fresh || !old) throw new Error();
      fresh = document.importNode(fresh, true);
      old.replaceWith(fresh);
      portal.prepare(fresh);
      self.say(portal.clockTime() + ' 已上传');
    }).catch(function () { self.say('已上传，刷新页面就能看到'); });
  };

  /* --- what is seen ---------------------------------------------------------------------------- */
  Photos.prototype.say = function (text, way) {
    this.line.textContent = text;
    this.line.classList.toggle('bad', Boolean(way) || /^没有/.test(text));
    if (way) this.line.append(' ', button(way.text, way.act, 'btn-text'));
  };

  Photos.prototype.show = function (underWay) {
    var self = this;
    return this.rows().then(function (rows) {
      self.list.textContent = '';
      rows.forEach(function (row) { self.list.append(self.item(row, row[0] === underWay)); });
      var waiting = rows.filter(function (row) { return !row[1].photo.refused; }).length;
      if (!waiting || self.busy || self.line.textContent) return;
      if (self.form) self.say('这台设备上有 ' + waiting + ' 个选好了没有上传的文件。', { text: '现在上传', act: self.send.bind(self) });
      else self.say('没有上传：现在不能再加照片了');
    });
  };

  Photos.prototype.item = function (row, isUnderWay) {
    var self = this, photo = row[1].photo, item = element('li');
    item.append(element('span', '', photo.name), element('span', 'muted', size(photo.size)),
      element('span', 'pill ' + (isUnderWay ? 'info' : photo.refused ? 'bad' : 'warn'), isUnderWay ? '正在上传' : '未上传'));
    if (photo.before > photo.size) item.append(element('span', 'muted', '已从 ' + size(photo.before) + ' 缩小，去掉了拍摄地点'));
    if (photo.loose) item.append(element('span', 'muted', '这台设备存不下，关掉本页就没有了'));
    if (photo.refused) {
      item.append(element('span', 'bad', photo.refused.replace(/[。；]?$/, '。')));
      if (this.form) item.append(button('再传', function () { self.refused(row, '').then(function () { self.send(); }); }, 'btn-text'));
    }
    if (photo.refused || !this.form) item.append(button('存回手机', function () { self.takeBack(row); }, 'btn-text'));
    if (!isUnderWay) {
      var remove = button('删除', function () { self.forget(row).then(function () { self.say(''); self.show(); }); }, 'btn-text');
      remove.setAttribute('aria-label', '删除：' + photo.name);
      item.append(remove);
    }
    return item;
  };

  Photos.prototype.takeBack = function (row) {
    return this.bytesOf(row).then(function (bytes) {
      if (!bytes) return;
      var link = element('a'), address = URL.createObjectURL(new Blob([bytes], { type: row[1].photo.type }));
      link.href = address;
      link.download = row[1].photo.name;
      link.click();
      setTimeout(function () { URL.revokeObjectURL(address); }, 60000);
    });
  };

  portal.prepared.push(function (root) { $$('[data-photos]', root).forEach(function (place) { if (!place.photos) place.photos = new Photos(place); }); });
})();
