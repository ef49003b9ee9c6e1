/* Citizens' pages: chosen photos shown small, a minute between two codes, faults brought to the eye. */
(function () {
  "use strict";
  var doc = document;

  doc.addEventListener("change", function (event) {
    var box = event.target.closest && event.target.closest("[data-photos]");
    if (!box || event.target.type !== "file") return;
    var list = box.querySelector(".photo-list");
    Array.prototype.forEach.call(list.querySelectorAll("img"), function (one) { URL.revokeObjectURL(one.src); });
    list.replaceChildren.apply(list, Array.prototype.slice.call(event.target.files, 0, 12).map(function (file) {
      var line = doc.createElement("li"), picture = doc.createElement("img");
      picture.src = URL.createObjectURL(file); picture.alt = file.name;
      line.append(picture);
      return line;
    }));
  });

  function wait(button, seconds) {
    var words = button.dataset.words || (button.dataset.words = button.textContent);
    button.disabled = seconds > 0;
    button.textContent = seconds > 0 ? words + " (" + seconds + ")" : words;
    if (seconds > 0) setTimeout(function () { wait(button, seconds - 1); }, 1000);
  }
  doc.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.id !== "code-sent" || !event.target.querySelector("[data-code-sent]")) return;
    var form = event.target.closest("form"), button = form.querySelector("[data-code]");
    if (button) wait(button, 60);
    var code = form.querySelector("[name=code]");
    if (code) code.focus();
  });

  /* The map is heavier than the page: a telephone fetches it when somebody wants to point. */
  function fetchScript(source, done, worker) {
    var script = doc.createElement("script");
    script.src = source; if (worker) script.dataset.worker = worker;
    script.onload = done || null;
    doc.head.append(script);
  }
  function openMap(later) {
    var link = doc.createElement("link"), data = later.dataset;
    later.querySelector("[data-map-open]").hidden = true;
    later.querySelector("[data-map-box]").hidden = false;
    link.rel = "stylesheet"; link.href = data.style;
    doc.head.append(link);
    fetchScript(data.engine, function () { fetchScript(data.drawer, null, data.worker); });
  }
  var later = doc.querySelector("[data-map-later]");
  if (later) {
    var thrifty = navigator.connection && navigator.connection.saveData;
    if (matchMedia("(min-width: 48rem)").matches && !thrifty) openMap(later);
    else later.querySelector("[data-map-open]").hidden = false;
    doc.addEventListener("click", function (event) {
      if (event.target.closest("[data-map-open]")) openMap(event.target.closest("[data-map-later]"));
    });
  }

  function focusFaults() { var box = doc.querySelector("[data-focus]"); if (box) { box.focus(); box.removeAttribute("data-focus"); } }
  doc.addEventListener("htmx:afterSettle", focusFaults);
  focusFaults();
})();
