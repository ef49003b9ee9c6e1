/* Behaviour of every page: menus, drawer, notices, sheets, keys, lookups, one submit only. */
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, body = doc.body;
  var $ = function (selector, from) { return (from || doc).querySelector(selector); };
  var all = function (selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)); };

  /* Drawer on narrow screens */
  function drawer(open) {
    var button = $("[data-side=open]"), side = $("#side");
    if (!button || !side) return;
    root.classList.toggle("side-open", open);
    button.setAttribute("aria-expanded", String(open));
    (open ? $("[data-side=close]", side) : button).focus();
  }

  /* Notices */
  function notice(words, tone) {
    var box = doc.createElement("div"), text = doc.createElement("p"), close = doc.createElement("button");
    box.className = "notice tone-" + tone;
    box.setAttribute("role", "alert");
    text.textContent = words;
    close.type = "button"; close.className = "icon-button"; close.textContent = "×"; close.dataset.close = "";
    close.setAttribute("aria-label", "×");
    box.dataset.notice = "";
    box.append(text, close);
    $("#notices").append(box);
  }
  function fade(from) {
    all("[data-fades]", from).forEach(function (box) {
      delete box.dataset.fades;
      setTimeout(function () { if (!box.matches(":hover, :focus-within")) box.remove(); }, 8000);
    });
  }

  /* Sheets: a dialog that htmx puts into #dialog opens by itself */
  function openSheets(from) {
    all("dialog[data-opens]", from).forEach(function (sheet) {
      if (!sheet.open) sheet.showModal();
    });
  }

  doc.addEventListener("click", function (event) {
    var target = event.target;
    if (!(target instanceof Element)) return;
    var hit = target.closest("[data-side]");
    if (hit) return drawer(hit.dataset.side === "open");
    hit = target.closest("[data-close]");
    if (hit) { var box = hit.closest("[data-notice]"); if (box) box.remove(); return; }
    hit = target.closest("[data-open]");
    if (hit) { var sheet = doc.getElementById(hit.dataset.open); if (sheet) { if (sheet.id === "keys") letters(sheet); sheet.showModal(); } }
    hit = target.closest("[data-dismiss]");
    if (hit) { var open = hit.closest("dialog"); if (open) { event.preventDefault(); open.close(); } }
    if (target.matches("dialog.sheet")) target.close();
    if (target.closest("[data-back]")) { if (history.length > 1) history.back(); else location.assign("/"); }
    if (target.closest("[data-print]")) window.print();
    hit = target.closest("[data-toggle-filters]");
    if (hit) hit.setAttribute("aria-expanded", String(hit.form.classList.toggle("filters-open")));
    hit = target.closest("[data-check-all]");
    if (hit) all("input[type=checkbox]", hit.closest("form")).forEach(function (box) { if (box.name === hit.dataset.checkAll) box.checked = hit.checked; });
    all("details.menu[open]").forEach(function (menu) { if (!menu.contains(target)) menu.open = false; });
    if (!target.closest(".top-search") && $("#top-hits")) $("#top-hits").replaceChildren();
  });

  /* Keys. Single letters can be switched off, for whoever dictates or types with trembling hands. */
  var OFF = "huying.keys.off";
  function single() { try { return localStorage.getItem(OFF) !== "1"; } catch (error) { return true; } }
  function letters(keys) {
    var list = $("[data-letters]", keys), box = $("[data-single]", keys);
    if (box) box.checked = single();
    if (!list) return;
    list.replaceChildren();
    all("[data-letter]").forEach(function (button) {
      var line = doc.createElement("div"), key = doc.createElement("kbd"), term = doc.createElement("dt"), words = doc.createElement("dd");
      key.textContent = button.dataset.letter; words.textContent = button.dataset.label || button.textContent.trim();
      term.append(key); line.append(term, words); list.append(line);
    });
    list.hidden = !list.children.length;
  }
  doc.addEventListener("change", function (event) {
    if (!event.target.matches("[data-single]")) return;
    try { localStorage.setItem(OFF, event.target.checked ? "0" : "1"); } catch (error) { /* storage is off */ }
  });
  var awaiting = "";
  function rows() { return all("[data-row-link]").filter(function (link) { return link.offsetParent !== null; }); }
  function move(step) {
    var list = rows(), at = list.indexOf(doc.activeElement);
    var next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step];
    if (next) next.focus();
  }
  doc.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      all("details.menu[open]").forEach(function (menu) { menu.open = false; $("summary", menu).focus(); });
      if (root.classList.contains("side-open")) drawer(false);
      if ($("#top-hits")) $("#top-hits").replaceChildren();
      return;
    }
    var active = doc.activeElement;
    if (active && active.id === "top-search" && event.key === "ArrowDown") { var first = $("#top-hits a"); if (first) { first.focus(); event.preventDefault(); } return; }
    if (active && active.closest("#top-hits") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      var hits = all("#top-hits a"), at = hits.indexOf(active) + (event.key === "ArrowDown" ? 1 : -1);
      (hits[at] || $("#top-search")).focus(); event.preventDefault(); return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var field = event.target.closest("input, textarea, select, [contenteditable]");
    // The field of a dialog that was just closed keeps the focus until the next frame.
    if ((field && field.getClientRects().length) || $("dialog[open]")) return;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && active && active.matches("[data-row-link]")) { move(event.key === "ArrowDown" ? 1 : -1); event.preventDefault(); return; }
    if (event.key !== "?" && !single()) return;
    var done = true;
    if (awaiting === "g" && event.key === "h") location.assign("/");
    else if (event.key === "/") { var box = $("[data-key='/']"); if (box) box.focus(); else done = false; }
    else if (event.key === "?") { var keys = doc.getElementById("keys"); if (keys) { letters(keys); keys.showModal(); } }
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "n" || event.key === "p") { var link = $("[data-page='" + event.key + "']"); if (link) link.click(); }
    else if (/^[a-z]$/.test(event.key) && awaiting !== "g" && $("[data-letter='" + event.key + "']")) $("[data-letter='" + event.key + "']").click();
    else done = false;
    awaiting = event.key === "g" ? "g" : "";
    if (done) event.preventDefault();
  });

  /* A form is sent once */
  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(function () { form.classList.add("is-busy"); all("button:not([data-keep])", form).forEach(function (b) { b.setAttribute("aria-disabled", "true"); }); }, 0);
  });
  /* What is folded on the screen is whole on paper */
  window.addEventListener("beforeprint", function () {
    all("details[data-print-open]").forEach(function (box) { box.open = true; });
  });
  window.addEventListener("pageshow", function () {
    all("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent; form.classList.remove("is-busy");
      all("button", form).forEach(function (b) { b.removeAttribute("aria-disabled"); });
    });
  });

  /* Controls that send their form when changed */
  doc.addEventListener("change", function (event) {
    if (event.target.closest("[data-sends]") && event.target.form) event.target.form.requestSubmit();
  });

  /* Lookups: type, choose with arrows and Enter; the hidden field keeps the value */
  function choose(option) {
    var box = option.closest("[data-lookup]");
    $("input[type=hidden]", box).value = option.dataset.value;
    var text = $("input[role=combobox]", box);
    text.value = option.dataset.label;
    close(box);
    all("[data-pick]", box).forEach(function (pick) {
      if (pick.dataset.value === option.dataset.value) pick.setAttribute("aria-current", "true"); else pick.removeAttribute("aria-current");
    });
    $("input[type=hidden]", box).dispatchEvent(new Event("change", { bubbles: true }));
  }
  function close(box) {
    $(".lookup-list", box).replaceChildren();
    $("input[role=combobox]", box).setAttribute("aria-expanded", "false");
    $("input[role=combobox]", box).removeAttribute("aria-activedescendant");
  }
  doc.addEventListener("input", function (event) {
    var box = event.target.closest("[data-lookup]");
    if (box && event.target.matches("[role=combobox]")) { $("input[type=hidden]", box).value = ""; close(box); }
  });

  /* Their trees: arrows go over the lines and open them, Enter or a click chooses */
  doc.addEventListener("click", function (event) {
    var pick = event.target.closest("[data-lookup] [data-pick]");
    if (!pick) return;
    choose(pick);
    var menu = pick.closest("details.menu");
    menu.open = false;
    $("summary", menu).focus();
  });
  doc.addEventListener("keydown", function (event) {
    var menu = event.target.closest(".tree-menu"), step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 0, ArrowLeft: 0 }[event.key];
    if (!menu || step === undefined) return;
    event.preventDefault();
    var line = event.target.closest(".tree-item"), below = line && $("details", line), upper = line && line.parentNode.closest(".tree-item");
    if (step) {
      menu.open = true;
      var stops = all(".tree-menu > summary, .tree-pick, .tree-item > details:first-child > summary", menu.parentNode).filter(function (stop) { return stop.offsetParent; });
      var next = stops[stops.indexOf(line ? $(".tree-pick, summary", line) : event.target) + step];
      if (next) next.focus();
    } else if (below && below.open !== (event.key === "ArrowRight")) below.open = !below.open;
    else if (event.key === "ArrowLeft" && upper) $(".tree-pick, summary", upper).focus();
  });
  doc.addEventListener("mousedown", function (event) {
    var option = event.target.closest("[data-lookup] [role=option]");
    if (option) { event.preventDefault(); choose(option); }
  });
  doc.addEventListener("focusout", function (event) {
    var box = event.target.closest("[data-lookup]");
    if (box && !box.contains(event.relatedTarget)) setTimeout(function () { close(box); }, 150);
  });
  doc.addEventListener("keydown", function (event) {
    var box = event.target.closest("[data-lookup]");
    if (!box || event.isComposing) return;
    var options = all("[role=option]", box), text = $("input[role=combobox]", box);
    var at = options.findIndex(function (o) { return o.getAttribute("aria-selected") === "true"; });
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!options.length) return;
      event.preventDefault();
      var next = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
      if (at < 0) next = event.key === "ArrowDown" ? 0 : options.length - 1;
      options.forEach(function (o, i) { o.setAttribute("aria-selected", String(i === next)); });
      options[next].scrollIntoView({ block: "nearest" });
      text.setAttribute("aria-activedescendant", options[next].id);
    } else if (event.key === "Enter" && options.length) { event.preventDefault(); choose(options[Math.max(at, 0)]); }
    else if (event.key === "Escape") close(box);
  }, true);

  /* htmx */
  body.addEventListener("htmx:beforeSwap", function (event) {
    var text = event.detail.requestConfig.elt;
    if (!text || !text.matches("[data-lookup] [role=combobox]")) return;
    var asked = event.detail.requestConfig.formData.get("lookup_text");
    if (asked !== text.value || doc.activeElement !== text) event.detail.shouldSwap = false;
  });
  body.addEventListener("htmx:afterSettle", function (event) {
    var lists = all("[data-lookup] .lookup-list", doc);
    lists.forEach(function (list) { $("input[role=combobox]", list.closest("[data-lookup]")).setAttribute("aria-expanded", String(!!list.children.length)); });
    openSheets(event.target);
    fade(doc);
  });
  body.addEventListener("htmx:sendError", function () { notice(body.dataset.lost, "bad"); });
  body.addEventListener("htmx:timeout", function () { notice(body.dataset.slow, "bad"); });
  doc.addEventListener("huying:notice", function (event) { notice(event.detail.words, event.detail.tone || "info"); });

  openSheets(doc);
  fade(doc);
})();
