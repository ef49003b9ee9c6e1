/* Runs before the first paint: follows the system's theme unless the reader chose one. */
(function () {
  "use strict";
  var root = document.documentElement;
  if (root.dataset.theme === "light" || root.dataset.theme === "dark") return;
  var query = window.matchMedia("(prefers-color-scheme: dark)");
  function follow() {
    root.setAttribute("data-bs-theme", query.matches ? "dark" : "light");
    document.dispatchEvent(new CustomEvent("huying:theme"));
  }
  query.addEventListener("change", follow);
  follow();
})();
