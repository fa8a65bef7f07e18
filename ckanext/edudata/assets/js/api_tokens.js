// Tokens: what is ticked can be revoked; a new one is brought into view.
(() => {
  "use strict";
  const button = () => document.getElementById("revoke-tokens-button");

  function look() {
    const found = button();
    if (found) {
      found.disabled = !document.querySelector("input[name=token]:checked");
    }
  }

  document.addEventListener("change", (event) => {
    if (event.target.name === "token") {
      look();
    }
  });
  document.addEventListener("htmx:afterRequest", look);
  document.addEventListener("htmx:afterSettle", () => {
    document.querySelector("[data-edudata-new-token]")?.scrollIntoView(false);
    look();
  });
  window.addEventListener("pageshow", look);
})();
