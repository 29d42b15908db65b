// The catalogue: filters and sorts the list of datasets, keeps the address up to date; draws the lineage of one.
(function () {
  "use strict";

  const byId = (id) => document.getElementById(id);

  const node = (tag, className, ...children) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  };

  // The list

  let data = null;

  const asked = () => new URLSearchParams(location.search);

  function show(query) {
    const text = query.toString();
    history.replaceState(history.state, "", (text ? `${location.pathname}?${text}` : location.pathname) + location.hash);
  }

  function draw(given) {
    const form = byId("catalogue-filters");
    if (!form || !given) return null;
    data = given;
    const query = asked();
    for (const field of form.elements) {
      if (field.name && query.has(field.name)) put(field, query.get(field.name));
    }
    if (!form.dataset.isWired) {
      form.dataset.isWired = "true";
      form.addEventListener("input", () => filter());
      form.addEventListener("reset", (event) => {
        event.preventDefault();
        for (const field of form.elements) if (field.name) put(field, "");
        filter();
      });
      form.addEventListener("submit", (event) => event.preventDefault());
    }
    filter();
    return given.rows.length;
  }

  /* Text fields belong to the page's own library: it must hear of a value that it did not type. */
  function put(field, value) {
    if (!(field instanceof HTMLInputElement)) {
      field.value = value;
      return;
    }
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function filter() {
    const form = byId("catalogue-filters");
    const query = new URLSearchParams();
    for (const field of form.elements) if (field.name && field.value.trim()) query.set(field.name, field.value.trim());
    const sort = asked().get("sort");
    if (sort) query.set("sort", sort);
    show(query);
    drawRows(query);
  }

  function kept(query) {
    const words = (query.get("text") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    return data.rows.filter(
      (row) =>
        words.every((word) => row.find.includes(word)) &&
        Object.keys(row.codes).every((name) => !query.has(name) || row.codes[name] === query.get(name)),
    );
  }

  const keyOf = (row, column) => (column in row.sort ? row.sort[column] : (row.show[column] ?? row.name));

  function sorted(rows, sort) {
    if (!sort) return rows;
    const column = sort.replace(/^-/, "");
    if (!data.words.columns.some((known) => known.key === column)) return rows;
    const sign = sort.startsWith("-") ? -1 : 1;
    const known = rows.filter((row) => keyOf(row, column) !== null);
    known.sort((a, b) => {
      const [left, right] = [keyOf(a, column), keyOf(b, column)];
      return sign * (left < right ? -1 : left > right ? 1 : 0);
    });
    return [...known, ...rows.filter((row) => keyOf(row, column) === null)];
  }

  function drawRows(query) {
    const sort = query.get("sort") ?? "";
    const rows = sorted(kept(query), sort);
    const words = data.words;
    byId("catalogue-count").textContent = words.shown.replace("{shown}", rows.length).replace("{all}", data.rows.length);
    if (!rows.length) return byId("catalogue-table").replaceChildren(node("p", "hint", words.none));
    const head = node("tr", "", ...words.columns.map((column) => headCell(column, sort)));
    const body = rows.map((row) => node("tr", "", ...words.columns.map((column, place) => cell(row, column, place))));
    const table = node("table", "table catalogue-rows", node("thead", "", head), node("tbody", "", ...body));
    byId("catalogue-table").replaceChildren(table);
  }

  function headCell(column, sort) {
    const button = node("button", "catalogue-sort", column.title);
    button.type = "button";
    const cellNode = node("th", column.number ? "number" : "", button);
    cellNode.scope = "col";
    const isSorted = sort.replace(/^-/, "") === column.key;
    if (isSorted) cellNode.setAttribute("aria-sort", sort.startsWith("-") ? "descending" : "ascending");
    button.addEventListener("click", () => {
      const first = column.number ? `-${column.key}` : column.key;
      const second = column.number ? column.key : `-${column.key}`;
      const query = asked();
      if (sort === first) query.set("sort", second);
      else if (sort === second) query.delete("sort");
      else query.set("sort", first);
      show(query);
      drawRows(query);
      [...document.querySelectorAll(".catalogue-sort")].find((again) => again.textContent === column.title)?.focus();
    });
    return cellNode;
  }

  function cell(row, column, place) {
    if (!place) {
      const link = node("a", "catalogue-name", row.name);
      link.href = `/data/dataset?code=${encodeURIComponent(row.code)}`;
      const made = node("th", "", link);
      made.scope = "row";
      if (row.is_demo) made.append(node("span", "demo-badge", data.words.demo));
      made.append(node("code", "", row.code));
      return made;
    }
    const key = column.key;
    const text = row.show[key];
    const made = node("td", column.number ? "number" : "");
    made.dataset.title = column.title;
    made.dataset.key = key;
    if (row.title[key]) made.title = row.title[key];
    if (key === "level") made.append(node("span", `level-chip level-${row.codes.level}`, text));
    else if (key === "state") made.append(node("span", `state-mark state-${row.codes.state}`, text));
    else made.append(text);
    return made;
  }

  // The lineage of one dataset: stages side by side, links between them.

  const SVG = "http://www.w3.org/2000/svg";
  let graph = null;
  let chosenColumn = "";
  let chosenNode = "";

  function lineage(given) {
    const stage = byId("lineage-stage");
    if (!stage || !given) return null;
    graph = given;
    const picker = byId("lineage-column");
    const wanted = asked().get("column") ?? "";
    if ([...picker.options].some((option) => option.value === wanted)) picker.value = wanted;
    if (!picker.dataset.isWired) {
      picker.dataset.isWired = "true";
      picker.addEventListener("change", () => chooseColumn(picker.value));
      new ResizeObserver(() => drawLinks()).observe(stage);
    }
    drawStages();
    chooseColumn(picker.value);
    /* The part that the address names stands only now. */
    if (location.hash) byId(location.hash.slice(1))?.scrollIntoView({ block: "start" });
    return given.nodes.length;
  }

  function chooseColumn(column) {
    chosenColumn = column;
    chosenNode = "";
    const query = asked();
    if (column) query.set("column", column);
    else query.delete("column");
    show(query);
    mark();
  }

  function drawStages() {
    const stages = graph.stages.map(({ code, title }) => {
      const items = graph.nodes.filter((item) => item.stage === code).map(drawNode);
      const list = node("ul", "", ...items);
      return node("section", "lineage-column", node("h3", "", title), list);
    });
    const links = document.createElementNS(SVG, "svg");
    links.setAttribute("class", "lineage-links");
    links.setAttribute("aria-hidden", "true");
    byId("lineage-stage").replaceChildren(links, ...stages);
  }

  function drawNode(item) {
    const button = node("button", "lineage-node", node("b", "", item.name));
    button.type = "button";
    button.id = `lineage-${item.id}`;
    button.dataset.id = item.id;
    if (item.detail) button.append(node("span", "", item.detail));
    button.append(node("span", "lineage-fields"));
    button.addEventListener("click", () => {
      chosenNode = chosenNode === item.id ? "" : item.id;
      mark();
    });
    const made = node("li", "", button);
    if (item.path) {
      const link = node("a", "lineage-open", graph.words.open);
      link.href = item.path;
      link.setAttribute("aria-label", `${graph.words.open} ${item.name}`);
      made.append(link);
    }
    return made;
  }

  // What can be reached along links, in both directions.
  function reach(starts, links) {
    const found = new Set(starts);
    for (const [from, to] of [["source", "target"], ["target", "source"]]) {
      const seen = new Set(starts);
      const waiting = [...starts];
      while (waiting.length) {
        const here = waiting.pop();
        for (const link of links) {
          if (link[from] === here && !seen.has(link[to])) {
            seen.add(link[to]);
            waiting.push(link[to]);
          }
        }
      }
      seen.forEach((item) => found.add(item));
    }
    return found;
  }

  // The fields that a column of the dataset becomes, table by table.
  function fieldsOf(column) {
    const start = `${graph.start} ${column}`;
    const found = reach([start], graph.fields);
    const fields = new Map();
    for (const item of found) {
      const [table, name] = item.split(" ");
      if (!fields.has(table)) fields.set(table, new Set());
      fields.get(table).add(name);
    }
    return fields;
  }

  function mark() {
    const fields = chosenColumn ? fieldsOf(chosenColumn) : null;
    const isBuilt = (item) => !["query", "use"].includes(item.stage);
    let lit = new Set(graph.nodes.map((item) => item.id));
    if (fields) {
      const tables = graph.nodes.filter((item) => isBuilt(item) && fields.has(item.table)).map((item) => item.id);
      lit = new Set(tables);
      // A query or page shows tables, not columns: what reads a table that holds the column is lit.
      for (const stage of ["query", "use"]) {
        for (const link of graph.links) {
          const target = graph.nodes.find((item) => item.id === link.target);
          if (target.stage === stage && lit.has(link.source)) lit.add(link.target);
        }
      }
    }
    if (chosenNode) {
      const near = reach([chosenNode], graph.links);
      lit = new Set([...lit].filter((id) => near.has(id)));
    }
    for (const item of graph.nodes) {
      const button = byId(`lineage-${item.id}`);
      button.classList.toggle("is-faint", !lit.has(item.id));
      button.setAttribute("aria-pressed", String(chosenNode === item.id));
      const own = fields?.get(item.table);
      const names = own && isBuilt(item) ? [...own].map((name) => expressionOf(item.table, name)) : [];
      const shown = button.querySelector(".lineage-fields");
      shown.textContent = names.join(", ");
      shown.title = names.join("\n");
    }
    drawLinks(lit, fields);
  }

  function expressionOf(table, name) {
    const made = graph.fields.find((link) => link.target === `${table} ${name}` && link.expression);
    return made ? `${name} = ${made.expression}` : name;
  }

  let last = [null, null];

  function drawLinks(lit, fields) {
    if (lit) last = [lit, fields];
    const [marked, chosen] = last;
    const stage = byId("lineage-stage");
    const svg = stage?.querySelector(".lineage-links");
    if (!svg || !marked) return;
    svg.setAttribute("width", stage.scrollWidth);
    svg.setAttribute("height", stage.scrollHeight);
    const ground = stage.getBoundingClientRect();
    const box = (id) => byId(`lineage-${id}`).getBoundingClientRect();
    const paths = graph.links.map((link) => {
      const [from, to] = [box(link.source), box(link.target)];
      const x1 = from.right - ground.left + stage.scrollLeft;
      const x2 = to.left - ground.left + stage.scrollLeft;
      const y1 = from.top + from.height / 2 - ground.top + stage.scrollTop;
      const y2 = to.top + to.height / 2 - ground.top + stage.scrollTop;
      const path = document.createElementNS(SVG, "path");
      const isBack = x2 < x1;
      const bend = isBack ? 46 : Math.max(18, (x2 - x1) / 2);
      const end = isBack ? to.right - ground.left + stage.scrollLeft : x2;
      path.setAttribute("d", `M${x1},${y1} C${x1 + bend},${y1} ${isBack ? end + bend : end - bend},${y2} ${end},${y2}`);
      const isLit = marked.has(link.source) && marked.has(link.target);
      const how = chosen ? howOf(link) : link.how;
      path.setAttribute("class", `lineage-link is-${how}${isLit ? "" : " is-faint"}`);
      return path;
    });
    svg.replaceChildren(...paths.sort((a, b) => b.classList.contains("is-faint") - a.classList.contains("is-faint")));
  }

  function howOf(link) {
    const from = graph.nodes.find((item) => item.id === link.source);
    const to = graph.nodes.find((item) => item.id === link.target);
    const own = graph.fields.filter(
      (field) => field.source.startsWith(`${from.table} `) && field.target.startsWith(`${to.table} `),
    );
    if (own.some((field) => field.how === "sql")) return "sql";
    return own.length ? "by_name" : "table";
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { catalogue: { draw, lineage } });
})();
