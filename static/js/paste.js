/* Cells pasted from a spreadsheet: the tabs between them become bars, which one sees and which are sent
   (a tab in a text is a blank to the portal), also of what was pasted before this script was there.
   <textarea data-cells>. */
(function () {
  'use strict';

  window.portal.prepared.push(function (root) {
    window.portal.$$('textarea[data-cells]', root).forEach(function (place) {
      function bars() {
        if (place.value.indexOf('\t') >= 0) place.value = place.value.replace(/\t/g, '│');
      }
      place.addEventListener('input', bars);
      bars();
    });
  });
})();
