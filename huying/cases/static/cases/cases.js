/* Pages of appeals: several choices, chosen files, what waits beside the form, next case. */
(function () {
  "use strict";
  var doc = document;
  var $ = function (selector, from) { return (from || doc).querySelector(selector); };
  var all = function (selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)); };

  /* Several units in one field: a choice becomes a chip below it */
  doc.addEventListener("change", function (event) {
    var box = event.target.closest("[data-many]");
    if (!box || event.target.name !== box.dataset.many + "_pick" || !event.target.value) return;
    var text = $("[role=combobox]", box), list = $(".many-chips", box);
    var there = all("input", list).some(function (one) { return one.value === event.target.value; });
    if (!there) {
      var chip = $("template", box).content.firstElementChild.cloneNode(true);
      $("span", chip).textContent = text.value;
      $("input", chip).value = event.target.value;
      $("button", chip).setAttribute("aria-label", $("button", chip).getAttribute("aria-label") + " " + text.value);
      list.append(chip);
    }
    event.target.value = ""; text.value = "";
  });

  /* Chosen files by name, before they are sent */
  function size(bytes) { return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB"; }
  doc.addEventListener("change", function (event) {
    var box = event.target.closest("[data-files]");
    if (!box) return;
    var lines = [];
    all("input[type=file]", box).forEach(function (input) {
      Array.prototype.forEach.call(input.files, function (file) {
        var line = doc.createElement("li");
        line.textContent = file.name + " · " + size(file.size);
        lines.push(line);
      });
    });
    $(".files-chosen", box).replaceChildren.apply($(".files-chosen", box), lines);
  });

  doc.addEventListener("click", function (event) {
    if (event.target.closest(".case-verbs .menu-line")) event.target.closest("details").open = false;
    var hit = event.target.closest("[data-unchoose]");
    if (hit) { hit.closest("li").remove(); return; }
    hit = event.target.closest("[data-choose-place]");
    if (hit) {
      var field = $("#register-form [name=place]"), box = field.closest("[data-lookup]");
      field.value = hit.dataset.choosePlace;
      $("[role=combobox]", box).value = hit.dataset.label;
      tell("huying:near");
      $("[role=combobox]", box).focus();
    }
  });

  /* The register form: where it lies, what is near, the draft */
  function tell(name) { doc.body.dispatchEvent(new CustomEvent(name)); }
  var WHERE = ["address", "longitude", "latitude"], NEAR = ["title", "body", "category", "place"].concat(WHERE);
  var KEPT = ["title", "body", "address"], KEY = "huying.cases.draft";
  function changed(event) {
    var form = event.target.closest("#register-form");
    if (!form) return;
    if (WHERE.indexOf(event.target.name) >= 0) tell("huying:place");
    if (NEAR.indexOf(event.target.name) >= 0) tell("huying:near");
    if (event.target.name === "channel") fit(form);
    if (KEPT.indexOf(event.target.name) >= 0) {
      var draft = {};
      KEPT.forEach(function (name) { draft[name] = form.elements[name].value; });
      try { sessionStorage.setItem(KEY, JSON.stringify(draft)); } catch (error) { /* storage is off */ }
    }
  }
  doc.addEventListener("input", changed);
  doc.addEventListener("change", changed);
  function fit(form) {
    all("[data-only]", form).forEach(function (part) { part.hidden = !!form.elements.channel && form.elements.channel.value !== part.dataset.only; });
  }
  function start() {
    var form = $("#register-form");
    if (!form || form.dataset.begun) return;
    form.dataset.begun = "1";
    fit(form);
    var draft = null;
    try { draft = JSON.parse(sessionStorage.getItem(KEY) || "null"); } catch (error) { draft = null; }
    if (draft && KEPT.every(function (name) { return !form.elements[name].value; })) {
      KEPT.forEach(function (name) { form.elements[name].value = draft[name] || ""; });
    }
    if (form.elements.address.value) tell("huying:place");
  }
  doc.addEventListener("htmx:afterSettle", start);
  /* The map goes to where the address lies, until a point is chosen */
  doc.addEventListener("htmx:afterSettle", function (event) {
    var there = event.target.id === "found-place" && $("[data-go-to]", event.target), map = $("#register-form [data-map]");
    if (!there || !map || !map.huyingMap || $("#register-form [name=longitude]").value) return;
    map.huyingMap.jumpTo({ center: there.dataset.goTo.split(",").map(Number), zoom: 14 });
  });
  doc.addEventListener("htmx:afterRequest", function (event) {
    var form = event.target.closest && event.target.closest("#register-form");
    if (form && event.target === form && event.detail.xhr && event.detail.xhr.status === 204) {
      try { sessionStorage.removeItem(KEY); } catch (error) { /* storage is off */ }
    }
  });

  /* Templates and articles fill the words of a verb; what was typed stays, and comes back */
  var GAP = "\uFF3F\uFF3F\uFF3F", MARK = "{\u529E\u7406\u60C5\u51B5}";
  function codes(form) { return form.elements.articles ? form.elements.articles.value.split(" ").filter(Boolean) : []; }
  function put(box, field, words, articles) {
    field.value = words;
    if (field.form.elements.articles) field.form.elements.articles.value = articles.join(" ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    var gap = words.indexOf(GAP);
    if (gap >= 0) field.setSelectionRange(gap, gap + GAP.length);
  }
  doc.addEventListener("click", function (event) {
    var hit = event.target.closest("[data-fill], [data-unfill]");
    if (!hit) return;
    var box = hit.closest("[data-helps]"), field = hit.closest("form").elements[box.dataset.field];
    var note = $("[data-filled]", box), before = box.huyingBefore || [];
    if (hit.hasAttribute("data-unfill")) {
      var was = before.pop();
      if (was) put(box, field, was.words, was.articles);
      note.hidden = !before.length;
      if (before.length) $("b", note).textContent = before[before.length - 1].name;
      return;
    }
    var last = before[before.length - 1], text = hit.dataset.fill, own = codes(field.form);
    /* Another template instead of the last one, whose words nobody changed since */
    var swap = last && last.template && !hit.dataset.article && field.value === last.made;
    var typed = (swap ? last.words : field.value).trim();
    var made = text.indexOf(MARK) >= 0 ? text.split(MARK).join(typed || GAP) : typed ? typed + "\n" + text : text;
    if (swap) before.pop();
    before.push({ words: swap ? last.words : field.value, articles: own, made: made, template: !hit.dataset.article, name: $("b", hit).textContent });
    box.huyingBefore = before;
    if (hit.dataset.article && own.indexOf(hit.dataset.article) < 0) own = own.concat(hit.dataset.article);
    put(box, field, made, own);
    hit.closest("details").open = false;
    $("b", note).textContent = $("b", hit).textContent;
    note.hidden = false;
  });

  /* The heap one works off is remembered, so that "next" stays on it */
  var work = $("[data-work]"), next = $("[data-next-case]");
  try {
    if (work) sessionStorage.setItem("huying.cases.work", work.dataset.work);
    if (next && next.search === "" && sessionStorage.getItem("huying.cases.work")) next.href += "?work=" + encodeURIComponent(sessionStorage.getItem("huying.cases.work"));
  } catch (error) { /* storage is off */ }

  /* What the same hands do next opens by itself: the address says which step. It opens forms only:
     what a button does at once is never done by a link that somebody was sent. */
  doc.addEventListener("DOMContentLoaded", function () {
    var wanted = new URLSearchParams(location.search).get("do"), step = null;
    if (wanted && /^[a-z_]+$/.test(wanted)) step = $("a[data-verb=" + wanted + "][hx-get]");
    if (!step) return;
    history.replaceState(null, "", location.pathname);
    setTimeout(function () { step.click(); }, 0);
  });

  /* Summary of faults takes the focus */
  function focusFaults() { var box = $("[data-focus]"); if (box) { box.focus(); box.removeAttribute("data-focus"); } }
  doc.addEventListener("htmx:afterSettle", focusFaults);
  start();
  focusFaults();
})();
