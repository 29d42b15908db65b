// The plan tracker: filters the items by the address and the controls, draws the list, opens one item's evidence.
(function () {
  "use strict";

  const FILTERS = ["plan", "level", "state", "branch", "task", "owner", "year", "overdue"];

  // So many items are drawn at first: the rest comes when asked for, or with filters, or to open one of them.
  const FIRST = window.matchMedia("(max-width: 720px)").matches ? 20 : 60;
  let isWhole = false;

  const byId = (id) => document.getElementById(id);

  const node = (tag, className, ...children) => {
    const made = Object.assign(document.createElement(tag), { className });
    made.append(...children);
    return made;
  };

  const asked = () => new URLSearchParams(location.search);

  function show(query) {
    const text = query.toString();
    history.replaceState(history.state, "", text ? `${location.pathname}?${text}` : location.pathname);
  }

  function fits(item, query) {
    if (FILTERS.some((name) => query.get(name) && item[name] !== query.get(name))) return false;
    const text = (query.get("q") || "").trim().toLowerCase();
    return !text || [item.item, item.name, item.owner, item.owner_words].some((value) => value.toLowerCase().includes(text));
  }

  function proof(data, named, isMissing) {
    const [kind, ...rest] = named.split(":");
    const name = rest.join(":");
    const addresses = { page: name, dataset: `/data?dataset=${name}` };
    const what =
      addresses[kind] && !isMissing ? Object.assign(node("a", "", name), { href: addresses[kind] }) : node("code", "", name);
    return node("li", isMissing ? "is-missing" : "", node("span", "tracker-kind", data.kinds[kind]), what);
  }

  function fact(name, value) {
    return value ? [node("dt", "", name), node("dd", "", value)] : [];
  }

  function detail(data, item) {
    const { words } = data;
    const there = item.evidence.filter((named) => !item.missing.includes(named));
    const proofs = there.map((named) => proof(data, named, false));
    const list = proofs.length ? node("ul", "tracker-proofs", ...proofs) : node("p", "small", words.no_evidence);
    const parts = [
      node(
        "dl",
        "",
        ...fact(words.works_when, item.works_when),
        ...fact(words.chapter, item.chapter),
        ...fact(words.target, item.target),
        ...fact(words.lacks, item.lacks.join(" · ")),
        ...fact(words.reported, item.reported || words.not_reported),
      ),
      node("div", "", node("b", "", words.evidence), list),
    ];
    if (item.missing.length) {
      const gone = item.missing.map((named) => proof(data, named, true));
      parts.push(node("div", "", node("b", "", words.missing), node("ul", "tracker-proofs", ...gone)));
    }
    return node("div", "tracker-detail", ...parts);
  }

  function line(data, item, query, redraw) {
    const isOpen = query.get("item") === item.item;
    const button = node("button", "quiet tracker-open-item", node("span", `icon icon-chevron-${isOpen ? "down" : "right"}`), item.item);
    button.type = "button";
    button.setAttribute("aria-expanded", String(isOpen));
    button.setAttribute("aria-label", data.words.open_item.replace("{item}", item.item));
    button.addEventListener("click", () => redraw(isOpen ? null : item.item));
    const state = node("td", "", node("span", `tracker-chip state-${item.state}`, data.states[item.state]));
    if (item.overdue) state.append(node("span", "tracker-overdue", data.words.overdue));
    const count = item.evidence.length - item.missing.length;
    const row = node(
      "tr",
      isOpen ? "is-chosen" : "",
      node("td", "", button),
      node("td", "tracker-name", item.name),
      node("td", "", node("span", `tracker-level level-${item.level}`, item.level), data.levels[item.level]),
      node("td", "", item.owner_words),
      node("td", "number", item.year),
      state,
      node("td", "number", count ? String(count) : "—"),
    );
    if (!isOpen) return [row];
    const cell = node("td", "", detail(data, item));
    cell.colSpan = data.columns.length;
    return [row, node("tr", "tracker-opened", cell)];
  }

  function list(data) {
    const query = asked();
    const found = data.items.filter((item) => fits(item, query));
    const redraw = (open) => {
      if (open) query.set("item", open);
      else query.delete("item");
      show(query);
      list(data);
      const again = byId("tracker-table").querySelector(`[aria-label="${data.words.open_item.replace("{item}", open || "")}"]`);
      if (again) again.focus();
    };
    const heads = data.columns.map(([code, name]) => {
      const head = node("th", code === "year" || code === "evidence" ? "number" : "", name);
      head.scope = "col";
      return head;
    });
    const opened = found.findIndex((item) => item.item === query.get("item"));
    const drawn = isWhole || opened >= FIRST ? found : found.slice(0, FIRST);
    const body = drawn.flatMap((item) => line(data, item, query, redraw));
    const table = node("table", "table tracker-items", node("thead", "", node("tr", "", ...heads)), node("tbody", "", ...body));
    byId("tracker-table").replaceChildren(found.length ? table : node("p", "empty-figure", data.words.none));
    if (drawn.length < found.length) byId("tracker-table").append(more(data, found.length - drawn.length));
    byId("tracker-count").textContent = data.words.shown.replace("{shown}", found.length).replace("{count}", data.items.length);
  }

  function more(data, count) {
    const button = node("button", "quiet tracker-more", data.words.more.replace("{count}", count));
    button.type = "button";
    button.addEventListener("click", () => {
      isWhole = true;
      list(data);
      byId("tracker-table").querySelectorAll(".tracker-open-item")[FIRST].focus();
    });
    return button;
  }

  function controls(data) {
    const set = (name, value) => {
      const query = asked();
      if (value) query.set(name, value);
      else query.delete(name);
      query.delete("item");
      show(query);
      list(data);
    };
    FILTERS.forEach((name) => {
      const select = byId(`tracker-${name}`);
      select.onchange = () => set(name, select.value);
    });
    byId("tracker-q").oninput = (event) => set("q", event.target.value);
    byId("tracker-clear").onclick = () => {
      show(new URLSearchParams());
      fill();
      list(data);
    };
  }

  function fill() {
    const query = asked();
    FILTERS.forEach((name) => {
      byId(`tracker-${name}`).value = query.get(name) || "";
    });
    byId("tracker-q").value = query.get("q") || "";
  }

  // Links of the cards change the address; the page stays and shows what they ask for.
  function follow(data) {
    document.querySelector(".tracker").onclick = (event) => {
      const link = event.target.closest("a[href^='/tracker?']");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(new URL(link.href).searchParams);
      fill();
      list(data);
      byId("tracker-list").scrollIntoView({ block: "start" });
    };
  }

  function draw(data) {
    if (!data || !byId("tracker-table")) return "";
    isWhole = false;
    fill();
    controls(data);
    follow(data);
    list(data);
    if (location.search || location.hash) byId("tracker-list").scrollIntoView({ block: "start" });
    return String(data.items.length);
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tracker = { draw };
})();
