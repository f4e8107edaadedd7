/* Names with a box each: how many are ticked, and all or none at once. */
(function () {
  'use strict';

  var $ = window.portal.$, $$ = window.portal.$$, card = $('[data-ticks]');
  if (!card) return;
  var boxes = $$('input[type=checkbox]', card), all = $('[data-tick-all]', card), sum = $('[data-ticked]', card);
  if (!all) return;

  function ticked() { return boxes.filter(function (box) { return box.checked; }).length; }
  function draw() {
    sum.textContent = '已选 ' + ticked() + ' / ' + boxes.length + ' 人';
    all.textContent = ticked() === boxes.length ? '全不选' : '全选';
  }
  all.addEventListener('click', function () {
    var on = ticked() !== boxes.length;
    boxes.forEach(function (box) {
      if (box.checked === on) return;
      box.checked = on;
      box.dispatchEvent(new Event('change', { bubbles: true }));
    });
    draw();
  });
  card.addEventListener('change', draw);
  card.closest('form').addEventListener('portal:restored', draw);
  sum.hidden = all.hidden = false;
  draw();
})();
