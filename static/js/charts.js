/* Draws each [data-chart] from the JSON beside it: {data, layout, narrow?, narrowBelow?}, as Plotly reads it.

   Colours are written as "var(--ramp-3)" and resolved here, so that the server need not know the theme; a change of theme
   draws again. `narrow` holds what differs where there is little room (below `narrowBelow` pixels). A mark whose customdata
   is an address acts as the link of that address in the text beside the picture. Plotly itself (1 MB) is fetched only where
   there is a picture. */
"use strict";

(() => {
  const NARROW_BELOW = 520;
  const CHANGE_MS = 150;
  const plotlyAddress = document.currentScript.dataset.plotly;
  const drawn = new WeakMap();
  let loading = null;

  const loadPlotly = () => {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = plotlyAddress;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => reject(new Error(`The charts could not be loaded from ${plotlyAddress}.`));
      document.head.append(script);
    });
    return loading;
  };

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const resolved = (value) => {
    if (typeof value === "string") return value.replace(/var\((--[\w-]+)\)/g, (_, name) => token(name));
    if (Array.isArray(value)) return value.map(resolved);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
    }
    return value;
  };

  const isPlain = (value) => value && typeof value === "object" && !Array.isArray(value);

  /* The second over the first; lists of objects (traces, annotations) are merged place by place. */
  const merged = (under, over) => {
    if (Array.isArray(under) && Array.isArray(over) && over.every(isPlain)) {
      return Array.from({ length: Math.max(under.length, over.length) }, (_, place) =>
        place in over ? merged(under[place] ?? {}, over[place]) : under[place],
      );
    }
    if (!isPlain(under) || !isPlain(over)) return over;
    const both = { ...under };
    for (const [key, value] of Object.entries(over)) both[key] = key in under ? merged(under[key], value) : value;
    return both;
  };

  const AXIS = {
    automargin: false,
    fixedrange: true,
    showgrid: false,
    showline: false,
    zeroline: false,
    ticks: "",
    tickfont: { size: 11.5, color: "var(--ink-3)" },
    title: { text: "" },
  };

  const template = () => ({
    layout: {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: '"Inter Variable", system-ui, sans-serif', size: 12, color: "var(--ink-2)" },
      margin: { l: 0, r: 0, t: 18, b: 26, pad: 0 },
      showlegend: false,
      dragmode: false,
      hovermode: "closest",
      bargap: 0.38,
      barcornerradius: 3,
      xaxis: AXIS,
      yaxis: { ...AXIS, gridcolor: "var(--hairline)", gridwidth: 1 },
      annotationdefaults: { showarrow: false, borderwidth: 0, borderpad: 0, font: { size: 11.5, color: "var(--ink-2)" } },
    },
    data: {
      bar: [{ textposition: "none", marker: { line: { width: 0 } }, hoverinfo: "none" }],
      scatter: [{ line: { width: 2, color: "var(--ramp-4)" }, marker: { line: { width: 0 } } }],
    },
  });

  const draw = async (chart) => {
    const json = chart.querySelector("script[type='application/json']")?.textContent;
    const plot = chart.querySelector(".chart-plot");
    if (!json || !plot || !plot.clientWidth) return;

    const parsed = JSON.parse(json);
    const narrow = plot.clientWidth < (parsed.narrowBelow ?? NARROW_BELOW);
    const theme = document.documentElement.dataset.bsTheme;
    const state = [theme, narrow, json].join(" ");
    const before = drawn.get(plot);
    if (before?.state === state) return;
    drawn.set(plot, { state });

    const Plotly = await loadPlotly();
    const figure = resolved(narrow && parsed.narrow ? merged(parsed, parsed.narrow) : parsed);
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const onlyDataChanged = before && before.state.startsWith(`${theme} ${narrow} `);
    const layout = {
      ...figure.layout,
      template: resolved(template()),
      autosize: true,
      ...(onlyDataChanged && !still ? { transition: { duration: CHANGE_MS, easing: "cubic-out" } } : {}),
    };
    await Plotly.react(plot, figure.data, layout, { displayModeBar: false, responsive: true, doubleClick: false, scrollZoom: false });
    if (!before) listen(chart, plot);
  };

  const addressOf = (point) => {
    const data = point?.customdata;
    return typeof data === "string" ? data : Array.isArray(data) && typeof data[0] === "string" ? data[0] : null;
  };

  const GAP = 8;
  const LABEL_HEIGHT = 16;

  const say = (chart, plot, point) => {
    const sentence = point.hovertext ?? "";
    let bubble = plot.querySelector(":scope > .chart-hover");
    if (!bubble) {
      bubble = document.createElement("div");
      bubble.className = "chart-hover";
      plot.append(bubble);
    }
    bubble.hidden = !sentence || !point.bbox;
    if (bubble.hidden) return;
    bubble.textContent = String(sentence).replaceAll("<br>", "\n");
    const { x0, x1, y0 } = point.bbox;
    const middle = (x0 + x1) / 2 - bubble.offsetWidth / 2;
    bubble.style.left = `${Math.min(Math.max(middle, 0), plot.clientWidth - bubble.offsetWidth)}px`;
    const above = GAP + (point.fullData.textposition === "outside" ? LABEL_HEIGHT : 0);
    bubble.style.top = `${y0 - bubble.offsetHeight - above}px`;
  };

  const listen = (chart, plot) => {
    plot.on("plotly_hover", (event) => {
      chart.classList.toggle("chart-linked", Boolean(addressOf(event.points[0])));
      say(chart, plot, event.points[0]);
    });
    plot.on("plotly_unhover", () => {
      chart.classList.remove("chart-linked");
      plot.querySelector(":scope > .chart-hover")?.remove();
    });
    plot.on("plotly_click", (event) => {
      const address = addressOf(event.points[0]);
      if (!address) return;
      const link = [...chart.querySelectorAll("a[href]")].find((candidate) => candidate.getAttribute("href") === address);
      if (link) link.click();
      else window.location.assign(address);
    });
  };

  /* The text beside the picture says the same: it takes the picture's place. */
  const fail = (chart, error) => {
    chart.classList.add("chart-failed");
    console.error(error);
  };

  const drawAll = () => {
    for (const chart of document.querySelectorAll("[data-chart]")) draw(chart).catch((error) => fail(chart, error));
  };

  let resizing;
  window.addEventListener("resize", () => {
    clearTimeout(resizing);
    resizing = setTimeout(drawAll, 120);
  });
  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("htmx:after:swap", drawAll);
  document.addEventListener("desk:theme", drawAll);
})();
