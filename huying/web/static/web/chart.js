/* Charts: <figure data-chart="json id"> or data-chart-url; ECharts draws, a table says the same. */
(function () {
  "use strict";
  var drawn = [];

  function colours(element) {
    var style = getComputedStyle(element);
    var read = function (name) { return style.getPropertyValue(name).trim(); };
    var dark = document.documentElement.getAttribute("data-bs-theme") === "dark";
    return {
      ink: read("--hy-ink"), soft: read("--hy-soft"), line: read("--hy-line"), raised: read("--hy-raised"), card: read("--hy-card"),
      series: dark
        ? ["#7db1ff", "#5fd0a5", "#f3bd69", "#f28b8b", "#b9a3f5", "#6fd0e0", "#e6a1c8", "#a9b6c9"]
        : ["#1d59b3", "#1f8a62", "#c07a12", "#c23b46", "#6d4fc4", "#16809a", "#b04583", "#64748b"],
    };
  }

  /* {kind: bar|line|area|pie|stack, labels: [], series: [{name, values}], unit, horizontal} */
  function option(data, c) {
    var font = getComputedStyle(document.body).fontFamily, text = { color: c.soft, fontFamily: font, fontSize: 12 };
    var base = {
      color: c.series, animationDuration: 300, textStyle: { fontFamily: font },
      tooltip: { trigger: data.kind === "pie" ? "item" : "axis", backgroundColor: c.raised, borderColor: c.line, textStyle: { color: c.ink }, confine: true,
        valueFormatter: function (v) { return v === null || v === undefined ? "—" : v + (data.unit || ""); } },
      legend: data.series.length > 1 || data.kind === "pie" ? { bottom: 0, type: "scroll", textStyle: text, icon: "roundRect", itemHeight: 8, itemWidth: 12 } : undefined,
    };
    if (data.kind === "pie") {
      base.legend.formatter = function (name) { var v = data.series[0].values[data.labels.indexOf(name)]; return name + " " + (v === null || v === undefined ? "—" : v + (data.unit || "")); };
      base.series = [{ type: "pie", radius: ["52%", "74%"], center: ["50%", "44%"], label: { show: false }, itemStyle: { borderColor: c.card, borderWidth: 2 },
        data: data.labels.map(function (label, i) { return { name: label, value: data.series[0].values[i] }; }) }];
      return base;
    }
    var categories = { type: "category", data: data.labels, axisLabel: text, axisLine: { lineStyle: { color: c.line } }, axisTick: { show: false }, inverse: !!data.horizontal };
    var values = { type: "value", axisLabel: text, splitLine: { lineStyle: { color: c.line } }, minInterval: data.whole === false ? 0 : 1 };
    base.grid = { left: 8, right: 16, top: 16, bottom: base.legend ? 36 : 8, containLabel: true };
    base.xAxis = data.horizontal ? values : categories;
    base.yAxis = data.horizontal ? categories : values;
    base.series = data.series.map(function (one) {
      var line = data.kind === "line" || data.kind === "area";
      return { name: one.name, type: line ? "line" : "bar", data: one.values, smooth: false, showSymbol: data.labels.length < 32, symbolSize: 5,
        areaStyle: data.kind === "area" ? { opacity: 0.14 } : undefined, stack: data.kind === "stack" ? "all" : undefined, barMaxWidth: 28,
        itemStyle: line ? undefined : { borderRadius: data.kind === "stack" ? 0 : data.horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0] } };
    });
    return base;
  }

  function table(figure, data) {
    var goal = figure.querySelector("[data-chart-table]");
    if (!goal) return;
    var made = document.createElement("table"), head = made.createTHead().insertRow(), body = made.createTBody();
    made.className = "list";
    [""].concat(data.series.map(function (one) { return one.name; })).forEach(function (name) {
      var cell = document.createElement(name ? "th" : "td");
      if (name) cell.scope = "col";
      cell.textContent = name; head.append(cell);
    });
    data.labels.forEach(function (label, i) {
      var row = body.insertRow(), cell = document.createElement("th");
      cell.scope = "row"; cell.textContent = label; row.append(cell);
      data.series.forEach(function (one) { var v = one.values[i]; row.insertCell().textContent = v === null || v === undefined ? "—" : v + (data.unit || ""); });
    });
    goal.replaceChildren(made);
  }

  function empty(data) {
    return !data || !data.labels || !data.labels.length || !data.series.some(function (one) { return one.values.some(function (v) { return v !== null && v !== undefined; }); });
  }

  function show(figure, data) {
    var goal = figure.querySelector("[data-chart-canvas]"), nothing = figure.querySelector("[data-chart-empty]");
    figure.dataset.drawn = "1";
    if (nothing) nothing.hidden = !empty(data);
    goal.hidden = empty(data);
    if (empty(data)) return;
    table(figure, data);
    var chart = window.echarts.getInstanceByDom(goal) || window.echarts.init(goal, null, { renderer: "svg" });
    goal.setAttribute("role", "img");
    goal.setAttribute("aria-label", figure.dataset.chartLabel || "");
    chart.setOption(option(data, colours(figure)), true);
    drawn.push({ figure: figure, data: data, chart: chart });
    if (window.ResizeObserver) new ResizeObserver(function () { chart.resize(); }).observe(goal);
  }

  function start(from) {
    Array.prototype.forEach.call((from || document).querySelectorAll("[data-chart]:not([data-drawn]), [data-chart-url]:not([data-drawn])"), function (figure) {
      if (figure.dataset.chartUrl) {
        figure.dataset.drawn = "1";
        fetch(figure.dataset.chartUrl, { headers: { Accept: "application/json" } })
          .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
          .then(function (data) { show(figure, data); })
          .catch(function () { var failed = figure.querySelector("[data-chart-failed]"); if (failed) failed.hidden = false; });
      } else show(figure, JSON.parse(document.getElementById(figure.dataset.chart).textContent));
    });
  }

  function again() {
    drawn = drawn.filter(function (one) { return document.contains(one.figure); });
    drawn.forEach(function (one) { one.chart.setOption(option(one.data, colours(one.figure)), true); });
  }
  document.addEventListener("huying:theme", again);
  document.addEventListener("htmx:afterSettle", function (event) { start(event.target.parentElement || document); });
  start(document);
})();
