/* Charts of a page: <figure data-chart="id of the JSON">. The table under each holds the same figures and needs no
   script. Lines are told apart by dash and point, so that nothing hangs on colour; what is missing is a gap. */
"use strict";

(() => {
  const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [14, 4], [5, 2], [1, 4], [12, 3, 3, 3]];
  const POINTS = ["circle", "rect", "triangle", "rectRot", "crossRot", "star", "cross", "line"];
  let drawn = [];

  function formatter(unit) {
    const amount = new Intl.NumberFormat("nb-NO", { maximumFractionDigits: 2 });
    return (value) => amount.format(unit === "ore" ? value / 100 : value);
  }

  /* Colours come from the legend, which the style sheet paints for light and dark. */
  function ink(element) { return getComputedStyle(element).color; }

  function datasets(given, legend) {
    return given.lines.map((line, place) => {
      const colour = ink(legend[place] || legend[0]);
      /* No line leads to or from a figure that is not whole yet: it would look like a fall. Its point is hollow. */
      const partial = new Set(line.partial);
      const isPartial = (at) => partial.has(at);
      return {
        label: line.name, data: line.values, spanGaps: false, borderColor: colour,
        pointBackgroundColor: line.values.map((_value, at) => (isPartial(at) ? "transparent" : colour)),
        segment: { borderColor: (to) => (isPartial(to.p0DataIndex) || isPartial(to.p1DataIndex) ? "transparent" : undefined) },
        backgroundColor: "transparent", borderWidth: 2,
        borderDash: DASHES[place % DASHES.length], pointStyle: POINTS[place % POINTS.length],
        pointRadius: given.labels.length > 60 ? 2 : 3.5, pointHoverRadius: 6, pointBorderColor: colour, tension: 0,
      };
    });
  }

  function options(given, figure) {
    const text = ink(figure), line = ink(figure.querySelector("[data-chart-grid]") || figure);
    const format = formatter(given.unit), family = getComputedStyle(figure).fontFamily;
    const ticks = { color: text, font: { family, size: 12 } };
    return {
      responsive: true, maintainAspectRatio: false, animation: false, locale: "nb-NO",
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 12 }, grid: { display: false }, border: { color: line } },
        y: { beginAtZero: true, ticks: { ...ticks, precision: 0, callback: format }, grid: { color: line }, border: { display: false } },
      },
      plugins: {
        legend: { display: false },
        tooltip: { usePointStyle: true, callbacks: { label: (item) => `${item.dataset.label}: ${format(item.raw)}` } },
      },
    };
  }

  function draw(figure) {
    const given = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const legend = [...figure.querySelectorAll("[data-chart-line]")];
    figure.hidden = false;
    const chart = new window.Chart(figure.querySelector("canvas"), {
      type: "line", data: { labels: given.labels, datasets: datasets(given, legend) }, options: options(given, figure),
    });
    drawn.push(() => {
      chart.data.datasets = datasets(given, legend);
      chart.options = options(given, figure);
      chart.update("none");
    });
    /* Without script the table stands open in the picture's place. */
    const twin = document.querySelector(`[data-chart-twin="${figure.dataset.chart}"]`);
    if (twin) twin.open = false;
  }

  /* Filters swap the page's middle: what was drawn is taken down, and the new figures are drawn. */
  function drawAll() {
    drawn = [];
    document.querySelectorAll("[data-chart]").forEach((figure) => {
      const old = window.Chart.getChart(figure.querySelector("canvas"));
      if (old) old.destroy();
      draw(figure);
    });
  }

  drawAll();
  document.addEventListener("htmx:after:swap", drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach((again) => again()));
  new MutationObserver(() => drawn.forEach((again) => again()))
    .observe(document.documentElement, { attributes: true, attributeFilter: ["data-color-scheme"] });
})();
