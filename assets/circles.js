// The circles page: keeps its address up to date, and draws and sorts the table of counties.
(function () {
  "use strict";

  const NONE = "none";
  const ANY_DAY = "any";
  const BY_CODE = "code";
  const UNSORTED = "text";

  const byId = (id) => document.getElementById(id);

  const node = (tag, className, ...children) => {
    const made = Object.assign(document.createElement(tag), { className });
    made.append(...children);
    return made;
  };

  // Address

  const asked = () => new URLSearchParams(location.search);

  function show(query) {
    history.replaceState(history.state, "", `${location.pathname}?${query}`);
    return query.toString();
  }

  function address(region, other, minutes, categories, fee, weekday, time, month, schools) {
    const query = new URLSearchParams({ minutes });
    if (categories && categories.length) query.set("categories", categories.join(","));
    if (fee !== "all") query.set("fee", fee);
    if (weekday !== ANY_DAY) {
      query.set("at", `${weekday}-${time.replace(":", "")}`);
      query.set("month", month);
    }
    if (!schools) query.set("schools", "0");
    query.set("region", region);
    if (other !== NONE && other !== region) query.set("with", other);
    const sort = asked().get("sort");
    if (sort) query.set("sort", sort);
    return show(query);
  }

  // Counties

  function sorted(rows, sort) {
    const column = sort.replace(/^-/, "");
    const sign = sort.startsWith("-") ? -1 : 1;
    const value = (row) => row.values[column];
    const known = rows.filter((row) => value(row) !== null);
    known.sort((a, b) => sign * (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0) || (a.code < b.code ? -1 : 1));
    return [...known, ...rows.filter((row) => value(row) === null)];
  }

  // Figures show their largest first, names their own order; the second click turns either round.
  function next(column, sort) {
    const first = column === BY_CODE ? column : `-${column}`;
    return sort === first ? (first === column ? `-${column}` : column) : first;
  }

  function bar(row) {
    const percent = (share) => `${Math.min(Math.max(share || 0, 0), 1) * 100}%`;
    const fill = node("span", "circles-fill");
    fill.style.width = percent(row.values.own);
    const parts = [fill];
    if (row.values.own !== null && row.values.speed > row.values.own) {
      const mark = node("span", "circles-mark");
      mark.style.left = percent(row.values.speed);
      parts.push(mark);
    }
    return node("span", "circles-share", node("span", "circles-bar", ...parts), node("b", "", row.words.own));
  }

  function cell(row, { code, kind }) {
    if (kind === "link") {
      const link = Object.assign(node("a", "", row.words[code]), { href: row.href });
      return Object.assign(node("th", "", link), { scope: "row" });
    }
    if (kind === "bar") return node("td", "", bar(row));
    const className = { number: "number", many: "number circles-many", text: "circles-city" }[kind];
    return node("td", className, row.words[code]);
  }

  function head(column, sort, redraw) {
    const { code, name, kind } = column;
    const isNumber = kind === "number" || kind === "many";
    const made = Object.assign(node("th", isNumber ? "number" : kind === UNSORTED ? "circles-city" : ""), { scope: "col" });
    if (kind === UNSORTED) {
      made.append(name);
      return made;
    }
    const isSorted = sort.replace(/^-/, "") === code;
    const isDown = sort.startsWith("-");
    const mark = node("span", isSorted ? `icon icon-chevron-${isDown ? "down" : "up"} circles-order` : "circles-order");
    const button = Object.assign(node("button", "", name, mark), { type: "button", title: column.sort });
    button.addEventListener("click", () => redraw(next(code, sort), code));
    made.setAttribute("aria-sort", isSorted ? (isDown ? "descending" : "ascending") : "none");
    made.append(button);
    return made;
  }

  function draw(place, { columns, rows }, sort, focused) {
    const redraw = (order, column) => {
      const query = asked();
      if (order === BY_CODE) query.delete("sort");
      else query.set("sort", order);
      show(query);
      draw(place, { columns, rows }, order, column);
    };
    const heads = columns.map((column) => head(column, sort, redraw));
    const lines = sorted(rows, sort).map((row) => node("tr", row.is_chosen ? "is-chosen" : "", ...columns.map((column) => cell(row, column))));
    place.replaceChildren(node("table", "table circles-counties", node("thead", "", node("tr", "", ...heads)), node("tbody", "", ...lines)));
    const place_of = columns.findIndex(({ code }) => code === focused);
    if (place_of >= 0) heads[place_of].querySelector("button").focus();
  }

  function table(data) {
    const place = byId("circles-table");
    if (!place || !data) return "";
    const wanted = asked().get("sort") || BY_CODE;
    const isKnown = data.columns.some(({ code, kind }) => kind !== UNSORTED && code === wanted.replace(/^-/, ""));
    draw(place, data, isKnown ? wanted : BY_CODE);
    return String(data.rows.length);
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.circles = { address, table };
})();
