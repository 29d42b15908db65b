// What a click means on the what-if page: tools, edits with undo and redo, the form of a new venue, the address.
// The server is asked once for every change of the edits; what it refuses is taken back here.
(function () {
  "use strict";

  const CROSS = "crosshair";
  const NEEDS_VENUE = new Set(["close_venue", "move_venue", "change_venue", "open_gate"]);
  const NEEDS_PLACE = new Set(["move_venue", "open_gate"]);

  let done = [];
  let undone = [];
  let accepted = [];
  let words = {};
  let venue = {};
  let change = {};
  let tool = {};
  let answered = { query: "" };
  let at = null;

  const byId = (id) => document.getElementById(id);
  const tell = (id, properties) => window.dash_clientside.set_props(id, properties);
  const unchanged = () => window.dash_clientside.no_update;

  // Edits

  function publish() {
    tell("planning-edits", { data: { edits: done, asked: performance.now() } });
    showButtons();
  }

  function showButtons() {
    for (const [code, list] of [["undo", done], ["redo", undone], ["clear", done]]) {
      const button = document.querySelector(`[data-planning-edit="${code}"]`);
      if (button) button.disabled = !list.length;
    }
  }

  function append(edit) {
    done = [...done, edit];
    undone = [];
    publish();
  }

  const CHANGES = {
    undo() {
      undone = [done.at(-1), ...undone];
      done = done.slice(0, -1);
    },
    redo() {
      done = [...done, undone[0]];
      undone = undone.slice(1);
    },
    clear() {
      undone = [...done, ...undone];
      done = [];
    },
    remove(place) {
      undone = [done[place], ...undone];
      done = done.filter((_, index) => index !== place);
    },
  };

  function alter(code, place) {
    if (code === "undo" && !done.length) return;
    if (code === "redo" && !undone.length) return;
    notice("");
    CHANGES[code](place);
    publish();
  }

  // Tools

  function take(next) {
    tool = next;
    window.sportsmapPlanning.hold(next);
    const stage = byId("planning-stage");
    if (stage) stage.dataset.tool = tool.code || "";
    for (const button of document.querySelectorAll("[data-planning-tool]")) {
      button.setAttribute("aria-pressed", String((button.dataset.planningTool || "") === (tool.code || "")));
    }
    hint();
  }

  /** A tool in hand, with what was clicked for it so far: the venue it is about, places on the ground. */
  function inHand(code, found = {}) {
    const { about = null, places = [] } = found;
    const features = places.map((place, index) => ({ type: "Feature", geometry: { type: "Point", coordinates: place },
      properties: { mark: code === "add_venue" && !index ? "+" : String(index + (code === "add_venue" ? 0 : 1)), tone: "brand", radius: code === "add_venue" && !index ? 11 : 8 } }));
    if (about && about.at) features.push({ type: "Feature", geometry: { type: "Point", coordinates: about.at }, properties: { mark: "", tone: "ink", radius: 8 } });
    return { code, cursor: CROSS, about, places, overlays: { pending: { kind: "points", features: { type: "FeatureCollection", features } } } };
  }

  const EMPTY_HAND = { overlays: { pending: { kind: "points", features: { type: "FeatureCollection", features: [] } } } };

  /** Whether a venue gets several entrances; read where it is chosen, as a click on the map may come sooner than Dash. */
  const isSeveral = () => document.querySelector("#planning-new-entrances input:checked")?.value === "several";

  function hint() {
    const place = byId("planning-hint");
    if (!place) return;
    const { code, about, places = [] } = tool;
    const step = !code ? "select" : code === "add_link" && places.length ? "add_link_2" : NEEDS_PLACE.has(code) && about ? `${code}_2`
      : code === "add_venue" && isSeveral() ? (places.length ? "add_venue_more" : "add_venue_first") : code;
    place.textContent = (words[`hint_${step}`] || "").replace("{venue}", about?.name || "").replace("{count}", String(Math.max(0, places.length - 1)));
    const finish = byId("planning-finish");
    if (finish) finish.hidden = !(code === "add_venue" && isSeveral() && places.length);
    const drop = byId("planning-drop");
    if (drop) drop.hidden = !code;
  }

  function notice(text) {
    const place = byId("planning-refusal");
    if (!place) return;
    place.hidden = !text;
    place.textContent = text;
  }

  /** The edit that a filled-in tool makes. */
  function made(code, { about, places }) {
    const [lon, lat] = places[0] || [];
    if (code === "add_venue") return { kind: code, ...venue, lon, lat, ...(places.length > 1 ? { entrances: places.slice(1) } : {}) };
    if (code === "add_link") return { kind: code, from: places[0], to: places[1] };
    if (code === "change_venue") return { kind: code, venue_index: about.id, ...change };
    if (code === "close_venue") return { kind: code, venue_index: about.id };
    return { kind: code, venue_index: about.id, lon, lat };
  }

  function finish() {
    const { code, about, places } = tool;
    take(inHand(code));
    append(made(code, { about, places }));
  }

  /** One more piece of a tool's edit; the edit is made when it has all of them. */
  function fill(code, about, places) {
    const isWhole = code === "add_link" ? places.length === 2 : code === "add_venue" ? !isSeveral()
      : about && (!NEEDS_PLACE.has(code) || places.length === 1);
    if (!isWhole) return take(inHand(code, { about, places }));
    take(inHand(code));
    return append(made(code, { about, places }));
  }

  function click(clicked) {
    if (!byId("planning-edits-list")) return;
    notice("");
    const { code, about = null, places = [] } = tool;
    const place = [clicked.lon, clicked.lat];
    if (!code) choose(clicked);
    else if (NEEDS_VENUE.has(code) && !about) {
      if (!clicked.venue) notice(words.no_venue_there);
      else if (code === "change_venue" && !Object.keys(change).length) notice(words.pick_change);
      else fill(code, clicked.venue, []);
    } else fill(code, about, [...places, place]);
  }

  function choose({ venue: found, region, feature }) {
    if (feature && feature.overlay === "edits") {
      const row = document.querySelector(`[data-planning-row="${feature.properties.place}"]`);
      row?.scrollIntoView({ block: "nearest" });
      row?.classList.add("is-found");
      setTimeout(() => row?.classList.remove("is-found"), 1600);
    } else if (found) tell("planning-selected", { data: { kind: "venue", id: found.id, name: found.name, at: found.at } });
    else if (region) tell("planning-selected", { data: { kind: "region", id: region } });
  }

  // From Dash

  /** What the page starts with: words and the edits of the address. */
  function start(given) {
    if (!given) return unchanged();
    ({ words } = given);
    done = given.edits;
    accepted = given.edits;
    undone = [];
    answered = { query: given.query };
    at = null;
    take(EMPTY_HAND);
    notice(given.refused);
    showButtons();
    showExports();
    return unchanged();
  }

  function form(type, area, preset, hours, fee, isLit, isIndoor, _several, changeHours, changeHoursText, changeFee, changeLit) {
    const text = (chosen, written) => (chosen === "other" ? (written || "").trim() : chosen === "unstated" ? "" : chosen) || undefined;
    const known = (entries) => Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined && value !== null && value !== ""));
    venue = known({ venue_type_code: type, area_m2: area === "" || area === null ? undefined : Number(area), opening_hours: text(preset, hours), fee_policy: fee,
      is_lit: Boolean(isLit), is_indoor: Boolean(isIndoor) });
    change = known({ opening_hours: text(changeHours, changeHoursText), fee_policy: changeFee === "same" ? undefined : changeFee,
      is_lit: changeLit === "same" ? undefined : changeLit === "yes" });
    for (const [id, chosen] of [["planning-new-hours", preset], ["planning-change-hours", changeHours]]) {
      const box = byId(id)?.closest(".planning-other");
      if (box) box.hidden = chosen !== "other";
    }
    hint();
    return unchanged();
  }

  /** The server's answer: what it refused is taken back, what it accepted goes into the address. */
  function answer(given) {
    if (!given) return unchanged();
    if (given.refused) {
      notice(given.refused);
      done = accepted;
      publish();
      return unchanged();
    }
    accepted = given.edits;
    answered = given;
    showExports();
    writeAddress();
    return unchanged();
  }

  function showExports() {
    for (const link of document.querySelectorAll("[data-planning-export]")) link.href = `${link.dataset.planningExport}?${answered.query}`;
  }

  function moved(place) {
    if (!place) return unchanged();
    at = place;
    writeAddress();
    return unchanged();
  }

  function address() {
    return `${location.pathname}?${[answered.query, at ? `view=${at.join(",")}` : ""].filter(Boolean).join("&")}`;
  }

  function writeAddress() {
    if (byId("planning-edits-list")) history.replaceState(history.state, "", address());
  }

  function ground(minutes, categories, fee, weekday, time, month, hasSchools) {
    const hour = weekday === "any" || !weekday ? {} : { at: `${weekday}-${(time || "").replace(":", "")}`, month };
    return { minutes: Number(minutes), categories: categories || [], fee, extra: { ...hour, ...(hasSchools ? {} : { schools: "0" }) } };
  }

  async function copy(button) {
    const link = `${location.origin}${address()}`;
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      /* Without a secure connection browsers keep the clipboard to themselves: the old way still works. */
      const field = Object.assign(document.createElement("textarea"), { value: link });
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    const note = byId("planning-copied");
    if (note) note.textContent = words.copied;
    setTimeout(() => note && (note.textContent = ""), 3000);
    button.focus();
  }

  // Buttons

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-planning-tool], [data-planning-edit], [data-planning-act], [data-planning-choose], #planning-finish, #planning-drop, #planning-copy");
    if (!button || !byId("planning-edits-list")) return;
    const { planningTool, planningEdit, planningAct, planningChoose } = button.dataset;
    if (planningTool !== undefined) {
      notice("");
      take(planningTool && planningTool !== tool.code ? inHand(planningTool) : EMPTY_HAND);
    } else if (planningEdit) {
      const [code, place] = planningEdit.split(":");
      alter(code, Number(place));
    } else if (planningAct) {
      notice("");
      const about = { id: Number(button.dataset.venue), name: button.dataset.name, at: button.dataset.at.split(",").map(Number) };
      if (planningAct === "change_venue") take(inHand(planningAct));
      else fill(planningAct, about, []);
    } else if (planningChoose) tell("planning-selected", { data: { kind: "region", id: planningChoose } });
    else if (button.id === "planning-finish") finish();
    else if (button.id === "planning-copy") copy(button);
    else take(EMPTY_HAND);
  });

  document.addEventListener("planning-clicked", ({ detail }) => click(detail));

  document.addEventListener("planning-escape", (event) => {
    if (!byId("planning-edits-list")) return;
    event.preventDefault();
    take(EMPTY_HAND);
  });

  document.addEventListener("keydown", (event) => {
    if (!byId("planning-edits-list") || !(event.ctrlKey || event.metaKey) || event.target.matches?.("input, textarea")) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) alter("undo");
    else if (key === "y" || (key === "z" && event.shiftKey)) alter("redo");
    else return;
    event.preventDefault();
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.whatif = { start, form, answer, moved, ground };
})();
