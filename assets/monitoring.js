// Business monitoring: the map of areas, the table that can be sorted, and cards that open in place.
(function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 640;
  const byId = (id) => document.getElementById(id);

  const node = (tag, className, ...children) => {
    const made = Object.assign(document.createElement(tag), { className });
    made.append(...children);
    return made;
  };

  const drawn = (tag, attributes, ...children) => {
    const made = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  };

  /* Outlines are asked for once; they are the same for every indicator. */
  const outlines = new Map();
  function outlinesOf(address) {
    if (!outlines.has(address)) {
      const asked = fetch(address, { credentials: "same-origin" }).then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      });
      asked.catch(() => outlines.delete(address));
      outlines.set(address, asked);
    }
    return outlines.get(address);
  }

  const rings = ({ type, coordinates }) => (type === "Polygon" ? coordinates : type === "MultiPolygon" ? coordinates.flat() : []);

  /* Degrees to drawing units; a degree of longitude is shorter the further from the equator. */
  function projection(features) {
    const points = features.flatMap(({ geometry }) => rings(geometry).flat());
    const lons = points.map(([lon]) => lon);
    const lats = points.map(([, lat]) => lat);
    const least = (values) => values.reduce((a, b) => Math.min(a, b));
    const most = (values) => values.reduce((a, b) => Math.max(a, b));
    const [west, east, south, north] = [least(lons), most(lons), least(lats), most(lats)];
    const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const scale = WIDTH / ((east - west) * shrink || 1);
    const place = ([lon, lat]) => `${((lon - west) * shrink * scale).toFixed(1)} ${((north - lat) * scale).toFixed(1)}`;
    return { place, height: (north - south) * scale };
  }

  function shape(area, feature, place) {
    const path = rings(feature.geometry)
      .map((ring) => `M${ring.map(place).join("L")}Z`)
      .join("");
    const words = `${area.name} ${area.words}`;
    const step = area.step === null ? "step-none" : `step-${area.step}`;
    const outline = drawn("path", { d: path, class: `mon-area ${step}${area.is_own ? " is-own" : ""}` }, drawn("title", {}));
    outline.firstChild.textContent = words;
    // The colour stays whole, lines across it say that the number behind it is small.
    const lines = area.is_few ? [drawn("path", { d: path, class: "mon-few-lines", fill: "url(#mon-few)" })] : [];
    return drawn("a", { href: area.href, "aria-label": words }, outline, ...lines);
  }

  function fewLines() {
    const tile = { id: "mon-few", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
    return drawn("defs", {}, drawn("pattern", tile, drawn("path", { d: "M0 0V6", class: "mon-few-line" })));
  }

  async function fillMap(holder, data) {
    const collection = await outlinesOf(data.address);
    const known = new Map(collection.features.map((feature) => [feature.properties.code, feature]));
    const areas = data.areas.filter(({ code }) => known.has(code));
    if (!areas.length || !holder.isConnected) return;
    const { place, height } = projection(areas.map(({ code }) => known.get(code)));
    // The own area is drawn last, so that its edge lies above its neighbours'.
    const ordered = [...areas].sort((a, b) => Number(a.is_own) - Number(b.is_own));
    const picture = drawn(
      "svg",
      { viewBox: `-4 -4 ${WIDTH + 8} ${(height + 8).toFixed(0)}`, role: "group", "aria-label": data.label },
      fewLines(),
      ...ordered.map((area) => shape(area, known.get(area.code), place)),
    );
    holder.replaceChildren(picture);
    holder.dataset.ready = "true";
  }

  function map(data) {
    const holder = byId("monitoring-map");
    if (!holder || !data) return "";
    fillMap(holder, data).catch((error) => {
      holder.textContent = String(error.message);
    });
    return String(data.areas.length);
  }

  function cell(row, { code, kind }) {
    if (kind === "link") {
      const link = Object.assign(node("a", "", row.words[code]), { href: row.href });
      return Object.assign(node("th", "", link), { scope: "row" });
    }
    const tone = row.tones[code] || "";
    return node("td", `${kind === "number" ? "number" : ""} ${tone}`.trim(), row.words[code]);
  }

  function head(column, order, choose, words) {
    const made = Object.assign(node("th", column.kind === "number" ? "number" : ""), { scope: "col" });
    const isSorted = order.code === column.code;
    const mark = node("span", isSorted ? `icon icon-chevron-${order.isDown ? "down" : "up"} mon-order` : "mon-order");
    const button = Object.assign(node("button", "", column.name, mark), { type: "button", title: words });
    button.addEventListener("click", () => choose(column.code));
    made.setAttribute("aria-sort", isSorted ? (order.isDown ? "descending" : "ascending") : "none");
    made.append(button);
    return made;
  }

  /* Numbers by value, the largest first; words by the alphabet; what has no value stands last either way. */
  function sorted(rows, { code, isDown }) {
    const sign = isDown ? -1 : 1;
    return [...rows].sort((a, b) => {
      if (a.is_chosen !== b.is_chosen) return a.is_chosen ? -1 : 1;
      const [left, right] = [a.values[code], b.values[code]];
      if (left === undefined && right === undefined) return sign * a.words[code].localeCompare(b.words[code], "zh-Hans-CN");
      if (left === null || right === null) return Number(left === null) - Number(right === null);
      return sign * (left - right);
    });
  }

  function fillTable(place, data, order, focused) {
    const choose = (code) => {
      const isSame = order.code === code;
      const isNumber = data.columns.find((column) => column.code === code).kind === "number";
      fillTable(place, data, { code, isDown: isSame ? !order.isDown : isNumber }, code);
    };
    const heads = data.columns.map((column) => head(column, order, choose, data.sort));
    const rows = order.code ? sorted(data.rows, order) : data.rows;
    const lines = rows.map((row) => node("tr", row.is_chosen ? "is-chosen" : "", ...data.columns.map((column) => cell(row, column))));
    place.replaceChildren(node("table", "table", node("thead", "", node("tr", "", ...heads)), node("tbody", "", ...lines)));
    const at = data.columns.findIndex(({ code }) => code === focused);
    if (at >= 0) heads[at].querySelector("button").focus();
  }

  function table(data) {
    const place = byId("monitoring-table");
    if (!place || !data) return "";
    // Where only the first rows are shown, these are the largest.
    const isLong = data.rows.length > data.first;
    fillTable(place, data, { code: isLong ? "value" : "", isDown: isLong });
    return String(data.rows.length);
  }

  /* A card opens its indicator below without asking for the page again; the address follows. */
  document.addEventListener("click", (event) => {
    const card = event.target.closest?.("[data-monitoring]");
    if (!card || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const dash = window.dash_clientside;
    if (!dash?.set_props || !byId("monitoring-detail")) return;
    event.preventDefault();
    const wanted = new URL(card.href);
    const system = document.querySelector("[data-system]")?.dataset.system ?? "";
    document.querySelectorAll("[data-monitoring]").forEach((one) => {
      one.classList.toggle("is-chosen", one === card);
      one.setAttribute("aria-current", String(one === card));
    });
    window.history.replaceState(window.history.state, "", wanted.pathname + wanted.search);
    const kept = byId("monitoring-kept");
    if (kept) dash.set_props("monitoring-kept", { value: card.dataset.monitoring });
    dash.set_props("monitoring-chosen", { data: { ...Object.fromEntries(wanted.searchParams), system } });
    byId("indicator")?.scrollIntoView({ behavior: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-saves]");
    const chart = button && byId(button.dataset.saves)?.querySelector(".js-plotly-plot");
    if (chart) window.Plotly?.downloadImage(chart, { format: "png", scale: 2, filename: button.dataset.name });
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.monitoring = { map, table };
})();
