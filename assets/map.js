// The bridge between Dash and the map: mounts the driver when the page has a canvas, hands it what the controls say,
// and writes clicks and hovers into their own stores. The driver and MapLibre are fetched on the map page only.
(function () {
  "use strict";

  let driver = null;
  let mounting = null;
  let waiting = null;

  const byId = (id) => document.getElementById(id);
  const tell = (id, properties) => window.dash_clientside.set_props(id, properties);

  const hooks = {
    selected: (selected) => tell("map-selected", { data: selected }),
    hovered: (hovered) => tell("map-hovered", { data: hovered }),
    inView(counts, show) {
      for (const place of document.querySelectorAll("[data-in-view]")) {
        const value = counts[place.dataset.inView];
        place.textContent = value === null || value === undefined ? "—" : show(value);
      }
    },
  };

  async function mount(canvas, config, state) {
    const { modules } = config;
    const host = await import(modules.host);
    if (!host.hasWebGl()) {
      byId("map-stage").dataset.mode = "picture";
      tell("map-picture-wanted", { data: true });
      return;
    }
    const [[gl, drawing], { MapDriver }] = await Promise.all([host.loadDrawing(modules), import(modules.driver)]);
    if (!canvas.isConnected) return;
    driver = new MapDriver(gl, drawing, canvas, { ...config, state: { ...config.state, ...state } }, { ...host.frameHooks("map"), ...hooks });
    driver.update(waiting || state);
  }

  /** Layers by code from the switches and sliders of the tree. */
  function layerStates(ids, on, opacity) {
    return Object.fromEntries(ids.map(({ code }, place) => [code, { on: Boolean(on[place]), opacity: opacity[place] }]));
  }

  function draw(minutes, distance, categories, fee, on, opacity, selected, config, ids) {
    const { no_update: unchanged } = window.dash_clientside;
    const canvas = byId("map-canvas");
    if (!canvas || !config) return unchanged;
    const state = { minutes: Number(minutes), distance, categories: categories || [], fee, layers: layerStates(ids, on, opacity), selected };
    if (driver && driver.map.getContainer() === canvas) {
      driver.update(state);
      return unchanged;
    }
    waiting = state;
    if (mounting === canvas) return unchanged;
    mounting = canvas;
    driver?.remove();
    driver = null;
    mount(canvas, config, state).catch((error) => {
      const notice = byId("map-notice");
      if (!notice) return;
      notice.textContent = `${config.words.failed} ${error.message}`;
      notice.hidden = false;
    });
    return unchanged;
  }

  /** A place picked in the search box: "region:320500" or "venue:12:118.78:32.04". */
  function find(value) {
    const { no_update: unchanged } = window.dash_clientside;
    if (!value) return [unchanged, unchanged];
    const [kind, id, lon, lat] = value.split(":");
    const at = kind === "venue" ? [Number(lon), Number(lat)] : null;
    if (at) driver?.flyTo(at);
    else driver?.fit(id);
    return [kind === "venue" ? { kind, id: Number(id), at } : { kind, id }, null];
  }

  // Buttons in cards say where they lead; a region is chosen and shown, a venue is flown to.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-map-region], [data-map-toggle]");
    if (!button) return;
    if (button.dataset.mapToggle) {
      /* Open or folded at first is a matter of the width of the screen, so the style sheet is asked. */
      const isOpen = getComputedStyle(byId(button.getAttribute("aria-controls"))).display !== "none";
      byId(button.dataset.mapToggle).dataset.open = String(!isOpen);
      button.setAttribute("aria-expanded", String(!isOpen));
      return;
    }
    const id = button.dataset.mapRegion;
    tell("map-selected", { data: { kind: "region", id } });
    driver?.fit(id);
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.map = { draw, find };
})();
