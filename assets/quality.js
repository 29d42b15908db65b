// The page of quality: draws the table of datasets by city, close to a thousand cells.
(function () {
  "use strict";

  const node = (tag, className, ...children) => {
    const made = Object.assign(document.createElement(tag), { className });
    made.append(...children);
    return made;
  };

  function head(text, place) {
    return Object.assign(node("th", place ? "number" : "", text), { scope: "col" });
  }

  function line({ name, href, is_chosen, cells }) {
    const link = Object.assign(node("a", "", name), { href });
    const first = Object.assign(node("th", "", link), { scope: "row" });
    return node("tr", is_chosen ? "is-chosen" : "", first, ...cells.map((cell) => node("td", cell.class, cell.text)));
  }

  function draw(data) {
    const place = document.getElementById("quality-matrix");
    if (!place || !data) return "";
    const heads = node("thead", "", node("tr", "", ...data.heads.map(head)));
    place.replaceChildren(node("table", "table quality-matrix", heads, node("tbody", "", ...data.rows.map(line))));
    return String(data.rows.length);
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.quality = { draw };
})();
