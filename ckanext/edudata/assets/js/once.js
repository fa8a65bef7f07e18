// A second click on a button is no second wish: a form sent a moment ago waits.
(() => {
  "use strict";
  const MOMENT = 4000;
  const sent = new WeakMap();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") {
      return;
    }
    const now = Date.now();
    if (now - (sent.get(form) ?? -MOMENT) < MOMENT) {
      event.preventDefault();
      return;
    }
    sent.set(form, now);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      document.querySelectorAll("form").forEach((form) => sent.delete(form));
    }
  });
})();
