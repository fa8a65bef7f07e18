/* Reviewing: a reason chosen begins the words; j and k walk through what waits.
   Without this the server takes the words of the reason, and the links are there. */
(function () {
  "use strict";
  document.querySelectorAll("select[data-words]").forEach(function (select) {
    var words = document.getElementById(select.dataset.words);
    var began = "";
    if (!words) return;
    select.addEventListener("change", function () {
      var text = select.selectedOptions[0].dataset.text || "";
      if (words.value === "" || words.value === began) {
        words.value = text;
        began = text;
        words.focus();
        words.setSelectionRange(text.length, text.length);
      }
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    var way = { j: "next", k: "prev" }[event.key];
    var link = way && document.querySelector(".edw-walk a[rel=" + way + "]");
    if (link) link.click();
  });
})();
