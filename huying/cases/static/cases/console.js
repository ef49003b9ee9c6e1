/* The dispatch console: asks every few seconds what changed, and keeps what a person is doing. */
(function () {
  "use strict";
  var doc = document, box = doc.querySelector("[data-console]");
  if (!box) return;
  var EVERY = 4000, SLOW = 15000;
  var $ = function (selector, from) { return (from || doc).querySelector(selector); };
  var all = function (selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)); };
  var panel = $("#console-panel"), map = $("[data-map]", box);
  var mark = box.dataset.mark, chosen = "", versions = {}, failures = 0, points = null;

  /* What a region held on to: scroll, the focused link, the chosen case */
  function put(region, html) {
    if (region.innerHTML === html) return;
    var top = region.scrollTop, active = doc.activeElement, key = null;
    if (active && region.contains(active) && active !== region) key = active.dataset.spot || active.getAttribute("href");
    region.innerHTML = html;
    region.scrollTop = top;
    if (key) {
      var again = all("a", region).filter(function (link) { return link.dataset.spot === key || link.getAttribute("href") === key; })[0];
      if (again) again.focus({ preventScroll: true });
    }
  }
  function marked() {
    all("[data-spot]").forEach(function (link) {
      if (link.dataset.spot === chosen) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
    if (map && map.huyingChoose) map.huyingChoose(chosen);
  }

  /* The panel of one case; what is being typed in it is never taken away */
  function busy() {
    var active = doc.activeElement;
    if (active && panel.contains(active) && active.matches("input, select, textarea")) return true;
    return all("input[type=text], textarea", panel).some(function (field) { return field.value !== field.defaultValue; });
  }
  function open(number, focus) {
    chosen = number; marked();
    panel.hidden = false;
    window.htmx.ajax("GET", box.dataset.caseUrl + encodeURIComponent(number) + "/", { target: panel, swap: "innerHTML" }).then(function () {
      if (!focus) return;
      var head = $("h2", panel);
      if (head) { head.tabIndex = -1; head.focus({ preventScroll: window.innerWidth > 767 }); }
      if (window.innerWidth <= 1023) panel.scrollIntoView({ block: "start" });
    });
  }
  function close() {
    var link = $("[data-spot='" + chosen + "']");
    chosen = ""; panel.hidden = true; panel.replaceChildren(); marked();
    if (link) link.focus();
  }
  doc.addEventListener("click", function (event) {
    var link = event.target.closest("[data-spot]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); open(link.dataset.spot, true); }
    if (event.target.closest("[data-panel-close]")) close();
  });
  doc.addEventListener("keydown", function (event) { if (event.key === "Escape" && chosen && !$("dialog[open]")) close(); });
  if (map) {
    map.addEventListener("huying:point", function (event) { open(event.detail.number, true); });
    map.addEventListener("huying:drawn", function () { if (points) map.huyingPoints(points); marked(); });
  }
  panel.addEventListener("htmx:afterSettle", function () { soon(300); });

  /* Asking */
  var timer = 0;
  function soon(wait) { clearTimeout(timer); timer = setTimeout(ask, wait); }
  function alive(good) {
    $("[data-gone]").hidden = good; $("[data-alive]").hidden = !good;
    box.classList.toggle("is-gone", !good);
    if (good) $("[data-clock]").textContent = new Date().toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });
  }
  function take(found) {
    mark = found.mark;
    Object.keys(found.regions).forEach(function (name) { var region = $("[data-live=" + name + "]"); if (region) put(region, found.regions[name]); });
    points = found.points;
    if (map && map.huyingPoints) map.huyingPoints(points);
    var there = $("[data-panel]", panel);
    if (there && chosen && found.versions[chosen] !== undefined && String(found.versions[chosen]) !== there.dataset.version && !busy()) open(chosen, false);
    versions = found.versions;
    marked();
  }
  function ask() {
    var stop = new AbortController(), slow = setTimeout(function () { stop.abort(); }, SLOW);
    fetch(box.dataset.liveUrl + "&seen=" + encodeURIComponent(mark), { headers: { Accept: "application/json" }, signal: stop.signal, credentials: "same-origin", redirect: "manual" })
      .then(function (answer) {
        if (answer.status === 204) return null;
        if (answer.type === "opaqueredirect" || answer.status === 401) { location.reload(); return null; }
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (found) { failures = 0; alive(true); if (found) take(found); })
      .catch(function () { failures += 1; alive(false); })
      .then(function () { clearTimeout(slow); soon(failures ? Math.min(EVERY * failures, 30000) : doc.hidden ? EVERY * 5 : EVERY); });
  }
  doc.addEventListener("visibilitychange", function () { if (!doc.hidden) soon(0); });
  window.addEventListener("online", function () { soon(0); });
  window.addEventListener("offline", function () { alive(false); });
  var first = new URLSearchParams(location.search).get("case");
  if (first) doc.addEventListener("DOMContentLoaded", function () { open(first, false); });
  soon(EVERY);
})();
