/* Maps without a tile server: polygons and points as GeoJSON; click opens, or picks a place. */
(function () {
  "use strict";
  var gl = window.maplibregl;
  var script = document.currentScript;
  var shown = [];

  function json(id) { var element = id && document.getElementById(id); return element ? JSON.parse(element.textContent) : null; }
  function nothing() { return { type: "FeatureCollection", features: [] }; }

  function paint(element) {
    var style = getComputedStyle(element);
    var read = function (name) { return style.getPropertyValue(name).trim(); };
    return { ground: read("--hy-ground"), card: read("--hy-card"), line: read("--hy-line-strong"), accent: read("--hy-accent"), chosen: read("--hy-chosen"),
      ok: read("--hy-ok"), info: read("--hy-info"), warn: read("--hy-warn"), bad: read("--hy-bad"), idle: read("--hy-idle") };
  }

  /* Many points become one that says how many, and how bad the worst of them is */
  function source(points, clustered) {
    var found = { type: "geojson", data: points };
    if (!clustered) return found;
    return Object.assign(found, { cluster: true, clusterRadius: 36, clusterMaxZoom: 15, clusterProperties: { worst: ["+", ["case", ["==", ["get", "tone"], "bad"], 1, 0]] } });
  }

  function style(c, areas, points, clustered) {
    return {
      version: 8,
      sources: { areas: { type: "geojson", data: areas, promoteId: "code" }, points: source(points, clustered) },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": c.ground } },
        { id: "areas", type: "fill", source: "areas", paint: { "fill-color": ["coalesce", ["get", "fill"], c.card], "fill-opacity": ["case", ["boolean", ["feature-state", "near"], false], 0.75, 1] } },
        { id: "near", type: "fill", source: "areas", paint: { "fill-color": c.accent, "fill-opacity": ["case", ["boolean", ["feature-state", "near"], false], 0.18, 0] } },
        { id: "lines", type: "line", source: "areas", paint: { "line-color": c.line, "line-width": ["match", ["get", "level"], "district", 2.5, "street", 1.4, "community", 0.8, 0.5] } },
        { id: "clusters", type: "circle", source: "points", filter: ["has", "point_count"], paint: {
          "circle-radius": ["step", ["get", "point_count"], 14, 10, 18, 50, 24],
          "circle-color": ["case", [">", ["coalesce", ["get", "worst"], 0], 0], c.bad, c.info], "circle-stroke-color": c.card, "circle-stroke-width": 2 } },
        { id: "chosen", type: "circle", source: "points", filter: ["==", ["get", "number"], ""], paint: { "circle-radius": 15, "circle-color": c.accent, "circle-opacity": 0.25, "circle-stroke-color": c.accent, "circle-stroke-width": 2 } },
        { id: "points", type: "circle", source: "points", filter: ["!", ["has", "point_count"]], paint: {
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 4, 15, 8],
          "circle-color": ["match", ["get", "tone"], "ok", c.ok, "warn", c.warn, "bad", c.bad, "idle", c.idle, c.info],
          "circle-stroke-color": c.card, "circle-stroke-width": 1.5 } },
      ],
    };
  }

  function bounds(areas, points) {
    var box = null;
    function grow(at) {
      if (typeof at[0] === "number") { box = box || new gl.LngLatBounds(at, at); box.extend(at); } else at.forEach(grow);
    }
    areas.features.concat(points.features).forEach(function (one) { if (one.geometry) grow(one.geometry.coordinates); });
    return box;
  }

  /* The ground to begin at: the smallest area whose code `code` begins with, else all of them */
  function own(areas, code) {
    var found = areas.features.filter(function (one) { return code && one.properties.code && code.indexOf(one.properties.code) === 0; });
    found.sort(function (a, b) { return b.properties.code.length - a.properties.code.length; });
    return found.length ? { features: found.slice(0, 1) } : areas;
  }

  function labels(map, areas, element) {
    if (element.dataset.mapLabels === undefined) return;
    areas.features.forEach(function (one) {
      var p = one.properties;
      if (p.longitude === undefined || !p.name) return;
      var words = document.createElement("span");
      words.className = "map-name map-name-" + (p.level || "");
      words.textContent = p.name;
      words.setAttribute("aria-hidden", "true");
      new gl.Marker({ element: words, anchor: "center" }).setLngLat([p.longitude, p.latitude]).addTo(map);
    });
  }

  function popup(map, feature, at) {
    var p = feature.properties, box = document.createElement("div");
    box.className = "map-popup";
    var name = document.createElement(p.url ? "a" : "b");
    name.textContent = p.name || p.title || ""; if (p.url) name.href = p.url;
    box.append(name);
    if (p.note) { var note = document.createElement("p"); note.textContent = p.note; box.append(note); }
    var made = new gl.Popup({ maxWidth: "18rem", closeButton: true }).setLngLat(at).setDOMContent(box).addTo(map);
    if (p.fragment && window.htmx) window.htmx.ajax("GET", p.fragment, { target: box, swap: "innerHTML" });
    return made;
  }

  function picker(map, element) {
    var form = element.closest("form") || document;
    var x = form.querySelector("[name='" + element.dataset.pickLongitude + "']"), y = form.querySelector("[name='" + element.dataset.pickLatitude + "']");
    var marker = null;
    function put(at, tell) {
      if (!marker) { marker = new gl.Marker({ color: paint(element).accent, draggable: true }).setLngLat(at).addTo(map); marker.on("dragend", function () { put(marker.getLngLat(), true); }); }
      marker.setLngLat(at);
      if (!tell) return;
      x.value = at.lng.toFixed(6); y.value = at.lat.toFixed(6);
      x.dispatchEvent(new Event("change", { bubbles: true }));
    }
    function read() {
      var at = [parseFloat(x.value), parseFloat(y.value)];
      if (isFinite(at[0]) && isFinite(at[1]) && Math.abs(at[1]) <= 90) { put(new gl.LngLat(at[0], at[1]), false); return at; }
      return null;
    }
    map.on("click", function (event) { put(event.lngLat, true); });
    /* The keyboard's way: arrows move the map under its centre, Enter takes the centre. */
    map.getCanvas().addEventListener("keydown", function (event) { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); put(map.getCenter(), true); } });
    [x, y].forEach(function (box) { box.addEventListener("input", read); });
    var here = element.parentElement.querySelector("[data-map-here]");
    if (here && navigator.geolocation) {
      here.hidden = false;
      here.addEventListener("click", function () { navigator.geolocation.getCurrentPosition(function (found) { var at = new gl.LngLat(found.coords.longitude, found.coords.latitude); put(at, true); map.jumpTo({ center: at, zoom: 15 }); }); });
    }
    var start = read();
    if (start) map.jumpTo({ center: start, zoom: 14 });
  }

  /* Whoever keeps the points up to date hears which one is pressed, and may change them */
  function pressed(map, element, event) {
    var around = [[event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6]];
    var found = map.queryRenderedFeatures(around, { layers: ["points", "clusters"] })[0];
    if (!found) return;
    if (found.properties.point_count) return opened(map, found.properties.cluster_id, found.geometry.coordinates);
    element.dispatchEvent(new CustomEvent("huying:point", { detail: found.properties }));
  }
  function opened(map, cluster, at) {
    map.getSource("points").getClusterExpansionZoom(cluster).then(function (zoom) { map.easeTo({ center: at, zoom: zoom }); });
  }
  function counted(map, element) {
    var there = {};
    function count() {
      if (!map.isSourceLoaded("points")) return;
      var now = {};
      map.querySourceFeatures("points", { filter: ["has", "point_count"] }).forEach(function (one) {
        var p = one.properties, key = p.cluster_id + ":" + p.point_count;
        if (now[key]) return;
        if (there[key]) { now[key] = there[key]; return; }
        var button = document.createElement("button");
        button.type = "button"; button.className = "map-count"; button.textContent = p.point_count;
        button.setAttribute("aria-label", (element.dataset.cluster || "") + " " + p.point_count);
        button.addEventListener("click", function (event) { event.stopPropagation(); opened(map, p.cluster_id, one.geometry.coordinates); });
        now[key] = new gl.Marker({ element: button, anchor: "center" }).setLngLat(one.geometry.coordinates).addTo(map);
      });
      Object.keys(there).forEach(function (key) { if (!now[key]) there[key].remove(); });
      there = now;
    }
    map.on("idle", count); map.on("moveend", count);
  }
  function live(map, element) {
    element.huyingPoints = function (points) { var one = shown.filter(function (each) { return each.element === element; })[0]; if (one) one.points = points; var there = map.getSource("points"); if (there) there.setData(points); };
    element.huyingChoose = function (number) { if (map.getLayer("chosen")) map.setFilter("chosen", ["==", ["get", "number"], number || ""]); };
    map.once("load", function () { element.dispatchEvent(new CustomEvent("huying:drawn")); });
  }

  function draw(element, areas, points) {
    element.dataset.drawn = "1";
    var clustered = element.dataset.mapCluster !== undefined;
    var failed = element.parentElement.querySelector("[data-map-failed]");
    var map;
    try {
      gl.setWorkerUrl(script.dataset.worker);
      map = new gl.Map({ container: element, style: style(paint(element), areas, points, clustered), attributionControl: false, center: [114.32, 30.55], zoom: 11, minZoom: 7, maxZoom: 19, dragRotate: false, pitchWithRotate: false, fadeDuration: 0,
        locale: { "Map.Title": element.getAttribute("aria-label") || "", "NavigationControl.ZoomIn": element.dataset.zoomIn || "+", "NavigationControl.ZoomOut": element.dataset.zoomOut || "−", "Popup.Close": element.dataset.close || "×" } });
    } catch (error) { /* no WebGL on this machine */
      if (failed) failed.hidden = false;
      element.hidden = true;
      return;
    }
    map.touchZoomRotate.disableRotation();
    map.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");
    var box = bounds(own(areas, element.dataset.mapFocus), points);
    if (box) map.fitBounds(box, { padding: 24, animate: false, maxZoom: 16 });
    var near = null;
    map.on("mousemove", "areas", function (event) {
      var code = event.features[0].properties.code;
      if (near !== null) map.setFeatureState({ source: "areas", id: near }, { near: false });
      near = code; map.setFeatureState({ source: "areas", id: near }, { near: true });
    });
    map.on("mouseleave", "areas", function () { if (near !== null) map.setFeatureState({ source: "areas", id: near }, { near: false }); near = null; });
    if (element.dataset.pickLongitude) picker(map, element);
    else {
      map.on("click", function (event) {
        if (clustered) return pressed(map, element, event);
        var found = map.queryRenderedFeatures(event.point, { layers: ["points"] })[0] || map.queryRenderedFeatures(event.point, { layers: ["areas"] })[0];
        if (found && (found.properties.name || found.properties.title)) popup(map, found, event.lngLat);
      });
      map.on("mouseenter", "clusters", function () { map.getCanvas().style.cursor = "pointer"; });
      map.on("mouseleave", "clusters", function () { map.getCanvas().style.cursor = ""; });
      map.on("mouseenter", "points", function () { map.getCanvas().style.cursor = "pointer"; });
      map.on("mouseleave", "points", function () { map.getCanvas().style.cursor = ""; });
    }
    labels(map, areas, element);
    if (clustered) { counted(map, element); live(map, element); }
    function zoomed() { element.classList.toggle("map-close", map.getZoom() >= 13); }
    map.on("zoom", zoomed); zoomed();
    map.once("idle", function () { element.dataset.ready = "1"; });
    shown.push({ map: map, element: element, areas: areas, points: points });
    element.huyingMap = map;
  }

  function load(url) { return url ? fetch(url, { headers: { Accept: "application/json" } }).then(function (a) { if (!a.ok) throw new Error(String(a.status)); return a.json(); }) : Promise.resolve(null); }

  function start(from) {
    Array.prototype.forEach.call((from || document).querySelectorAll("[data-map]:not([data-drawn])"), function (element) {
      element.dataset.drawn = "1";
      Promise.all([load(element.dataset.mapAreasUrl), load(element.dataset.mapPointsUrl)]).then(function (loaded) {
        draw(element, loaded[0] || json(element.dataset.mapAreas) || nothing(), loaded[1] || json(element.dataset.mapPoints) || nothing());
      }).catch(function () { var failed = element.parentElement.querySelector("[data-map-failed]"); if (failed) failed.hidden = false; });
    });
  }
  document.addEventListener("huying:theme", function () {
    shown.forEach(function (one) { one.map.setStyle(style(paint(one.element), one.areas, one.points, one.element.dataset.mapCluster !== undefined), { diff: true }); });
  });
  document.addEventListener("htmx:afterSettle", function (event) { start(event.target.parentElement || document); });
  start(document);
})();
