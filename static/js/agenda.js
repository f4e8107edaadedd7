/* Cards of an agenda are dragged within their section; the arrows beside them do the same without
   this. */
(function () {
  'use strict';
  var form = document.getElementById('arrange');
  if (!form || !window.Sortable) return;
  document.querySelectorAll('[data-grip]').forEach(function (grip) { grip.hidden = false; });
  document.querySelectorAll('.agenda [data-sortable]').forEach(function (list) {
    window.Sortable.create(list, {
      handle: '[data-grip]', animation: 120,
      onEnd: function (event) {
        if (event.oldIndex === event.newIndex) return;
        var cards = Array.from(document.querySelectorAll('.agenda [data-card]'));
        form.elements.order.value = cards.map(function (card) { return card.dataset.card; }).join(',');
        form.submit();
      }
    });
  });
})();
