// The page of the best sites: corners and picked places from clicks, one set of overlays, the upload, the address.
(function () {
  "use strict";

  const FIELDS = ["model", "region", "ring", "minutes", "categories", "fee", "weekday", "time", "month", "schools", "group", "type", "kinds",
    "spacing", "detail", "count", "budget", "price_free_cells", "price_parks", "price_schools", "price_list", "capacity", "equity", "years",
    "picks", "list", "seed", "gap", "seconds"];
  // A click this near to a picked place, in degrees, takes it away again (some 60 m).
  const SAME_PLACE = 0.0006;

  let tool = "";
  let ring = [];
  let picks = { must: [], must_not: [] };

  const byId = (id) => document.getElementById(id);
  const tell = (id, properties) => window.dash_clientside.set_props(id, properties);
  const unchanged = () => window.dash_clientside.no_update;
  const near = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) < SAME_PLACE;

  function toggled(places, at) {
    const left = places.filter((place) => !near(place, at));
    return left.length < places.length ? left : [...places, at];
  }

  // Other planning pages have the same map and the same clicks: what is not on this page is none of its business.
  function click(clicked) {
    if (!byId("siting-hint") || !clicked || !tool) return unchanged();
    const at = [clicked.lon, clicked.lat];
    if (tool === "ring") tell("siting-ring", { data: [...ring, at] });
    else tell("siting-picks", { data: { ...picks, [tool]: toggled(picks[tool], at) } });
    return unchanged();
  }

  function hold(hand) {
    if (byId("siting-hint")) tell("siting-hand", { data: hand?.code || "" });
    return unchanged();
  }

  const collection = (features) => ({ type: "FeatureCollection", features });
  const point = (at, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates: at }, properties });
  const line = (places) => ({ type: "Feature", geometry: { type: "LineString", coordinates: places }, properties: { tone: "ink" } });

  function hint(place) {
    const word = (name) => place.getAttribute(`data-word-${name}`);
    const lines = [word((tool || "none").replace("_", "-"))];
    if (ring.length) lines.push(word("drawn").replace("{count}", ring.length));
    const count = picks.must.length + picks.must_not.length;
    if (count) lines.push(word("picked").replace("{must}", picks.must.length).replace("{must_not}", picks.must_not.length));
    return lines.filter(Boolean).join(" ");
  }

  function draw(result, marginal, corners, picked, hand) {
    const place = byId("siting-hint");
    tool = hand || "";
    ring = corners || [];
    picks = { must: [], must_not: [], ...picked };
    for (const button of document.querySelectorAll("[data-siting-tool]")) {
      if (button.dataset.sitingTool !== "clear") button.setAttribute("aria-pressed", String(button.dataset.sitingTool === tool));
    }
    const words = document.querySelector(".siting-page")?.dataset || {};
    const overlays = { ...marginal, ...result };
    if (ring.length) {
      const closed = ring.length > 2 ? [...ring, ring[0]] : ring;
      overlays.area = { kind: "lines", width: 2, dash: [2, 1.5], features: collection(ring.length > 1 ? [line(closed)] : []) };
      overlays.corners = { kind: "points", features: collection(ring.map((at) => point(at, { mark: "", tone: "ink", radius: 5, rank: 950 }))) };
    }
    for (const [kind, tone, mark] of [["must", "good", "+"], ["must_not", "bad", "×"]]) {
      if (picks[kind].length) {
        overlays[kind] = { kind: "points", features: collection(picks[kind].map((at) => point(at, { mark, tone, radius: 10, rank: 500, tip: words[kind === "must" ? "must" : "mustNot"] || "" }))) };
      }
    }
    return [overlays, hint(place)];
  }

  /** The address holds the search, or before one was started the form, so that reload and a shared link show the same. */
  let shown = null;

  function address(job, ...values) {
    const form = Object.fromEntries(FIELDS.map((name, place) => [name, values[place]]));
    const text = JSON.stringify(form);
    const isChanged = shown !== null && shown.text !== text;
    const isNewJob = shown !== null && job?.id !== shown.job;
    const page = document.querySelector(".siting-page");
    const first = shown === null || !page?.dataset.model;
    if (page) page.dataset.model = form.model;
    shown = { text, job: job?.id };
    if (first) return unchanged();
    const query = new URLSearchParams();
    if (job?.id && (isNewJob || !isChanged)) query.set("job", job.id);
    else query.set("form", btoa(unescape(encodeURIComponent(text))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""));
    history.replaceState(history.state, "", `${location.pathname}?${query}`);
    return query.toString();
  }

  async function upload(file) {
    const place = byId("siting-uploaded");
    const words = place.getAttribute("data-word");
    const answer = await fetch(`/api/siting/upload?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    const found = await answer.json();
    const line = document.createElement("b");
    line.textContent = found.error || found.message || words.replace("{name}", found.name).replace("{accepted}", found.accepted).replace("{refused}", found.refused);
    const list = document.createElement("ul");
    for (const { row, reason } of found.reasons || []) {
      const item = document.createElement("li");
      item.textContent = `${row}: ${reason}`;
      list.append(item);
    }
    place.replaceChildren(line, list);
    place.dataset.state = found.list ? "taken" : "refused";
    if (!found.list) return;
    tell("siting-list", { data: found.list });
    tell("siting-kinds", { value: ["list"] });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-siting-tool]");
    if (button) {
      const code = button.dataset.sitingTool;
      if (code === "clear") {
        tell("siting-ring", { data: [] });
        tell("siting-picks", { data: { must: [], must_not: [] } });
        tell("planning-tool", { data: {} });
        return;
      }
      tell("planning-tool", { data: tool === code ? {} : { code, cursor: "crosshair" } });
      return;
    }
    if (event.target.closest?.("[data-siting-upload]")) {
      const input = Object.assign(document.createElement("input"), { type: "file", accept: ".csv,.txt,.tsv,.xlsx" });
      input.addEventListener("change", () => input.files[0] && upload(input.files[0]));
      input.click();
    }
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.siting = { click, hold, draw, address };
})();
