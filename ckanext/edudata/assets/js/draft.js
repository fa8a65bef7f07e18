/* Drafts save themselves. Without this script the button does; nothing else changes. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-edudata-draft]");
  if (!form || !window.fetch || !window.FormData) return;
  var status = form.querySelector("[data-edudata-status]");
  var wait = 2500, longest = 60000;
  var timer = null, delay = wait, changed = false, saving = false, stopped = false;

  function say(words) { status.textContent = words; }

  function later(milliseconds) {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, milliseconds);
  }

  function touched() {
    changed = true;
    if (stopped) return;
    say(form.dataset.unsaved);
    later(delay);
  }

  function version(value) {
    var field = form.querySelector("input[name=version]");
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = "version";
      form.appendChild(field);
    }
    field.value = value;
  }

  function done(answer) {
    delay = wait;
    version(answer.version);
    var told = (answer.problems || []).map(function (each) {
      return each.label ? each.label + "：" + each.message : each.message;
    });
    var time = new Date().toTimeString().slice(0, 5);
    say([form.dataset.saved + " " + time].concat(told).join(" "));
  }

  function refused(answer) {
    changed = true;
    // Somebody has to look: saving on would undo what another window saved.
    stopped = stopped || Boolean(answer.stale);
    say(answer.message || form.dataset.failed);
  }

  function failed() {
    changed = true;
    delay = Math.min(delay * 2, longest);
    say(form.dataset.failed);
    later(delay);
  }

  function save() {
    if (saving) { later(wait); return; }
    saving = true;
    changed = false;
    say(form.dataset.saving);
    var sent = new FormData(form);
    sent.append("do", "autosave");
    window.fetch(form.action || window.location.href, {
      method: "POST", body: sent, credentials: "same-origin",
      headers: { "Accept": "application/json", "X-Requested-With": "fetch" }
    }).then(function (answer) {
      var kind = answer.headers.get("Content-Type") || "";
      if (kind.indexOf("application/json") !== 0) { failed(); return null; }
      return answer.json().then(answer.ok ? done : refused);
    }).catch(failed).then(function () {
      saving = false;
      if (changed && !stopped) later(delay);
    });
  }

  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", function () {
    changed = false;
    stopped = true;
    window.clearTimeout(timer);
  });
  window.addEventListener("beforeunload", function (event) {
    if (changed) event.preventDefault();
  });
})();
