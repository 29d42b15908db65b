// The bridge between Dash and the map of the planning pages; components/planning_map.py says how a page uses it.
(function () {
  "use strict";

  let driver = null;
  let mounting = null;
  let waiting = null;
  let held = null;
  let shownLegends = [];

  const byId = (id) => document.getElementById(id);
  const tell = (id, properties) => window.dash_clientside.set_props(id, properties);

  const hooks = {
    // The event is heard at once; of two quick writes into a store Dash may pass on only the second.
    clicked(click) {
      document.dispatchEvent(new CustomEvent("planning-clicked", { detail: click }));
      tell("planning-click", { data: click });
    },
    // A page that keeps its tool by itself takes the event; else the store is emptied.
    escaped: () => document.dispatchEvent(new CustomEvent("planning-escape", { cancelable: true })) && tell("planning-tool", { data: {} }),
    moved: (at) => tell("planning-at", { data: at }),
    legend(legends) {
      shownLegends = legends;
      const place = byId("planning-legend");
      if (!place) return;
      place.hidden = !legends.length;
      place.replaceChildren(...legends.map(legendNode));
    },
  };

  const node = (tag, className, ...children) => {
    const made = Object.assign(document.createElement(tag), { className });
    made.append(...children);
    return made;
  };

  function swatch(shape, colour, text = "") {
    const mark = node("span", `mark mark-${shape}`, text);
    mark.style.setProperty("--mark", colour);
    return mark;
  }

  function legendNode({ title, unit, note, steps, middle, items }) {
    const head = node("p", "planning-legend-title", title, ...(unit ? [node("span", "planning-legend-unit", unit)] : []));
    const parts = [head];
    if (steps.length) {
      const colours = steps.map(({ colour }) => {
        const step = node("span", "scale-step");
        step.style.background = colour;
        return step;
      });
      const ticks = steps.filter(({ to }) => to !== null).map(({ to }, place) => {
        const tick = node("span", "", to);
        tick.style.left = `${((place + 1) / steps.length) * 100}%`;
        return tick;
      });
      if (middle !== undefined) ticks.push(node("span", "is-middle", middle));
      parts.push(node("div", "scale", node("div", "scale-steps", ...colours), node("div", "scale-ticks", ...ticks)));
    }
    if (items.length) parts.push(node("ul", "legend", ...items.map(({ shape, colour, words, mark }) => node("li", "", swatch(shape, colour, mark), node("span", "", words)))));
    if (note) parts.push(node("p", "planning-legend-note", note));
    return node("div", "planning-legend-part", ...parts);
  }

  async function mount(canvas, config) {
    const { modules } = config;
    const host = await import(modules.host);
    if (!host.hasWebGl()) {
      byId("planning-stage").dataset.mode = "picture";
      byId("planning-no-webgl").hidden = false;
      return;
    }
    const [[gl, drawing], { PlanningDriver }] = await Promise.all([host.loadDrawing(modules), import(modules.planning)]);
    if (!canvas.isConnected) return;
    driver = new PlanningDriver(gl, drawing, canvas, config, { ...host.frameHooks("planning"), ...hooks });
    driver.update(waiting);
  }

  function draw(overlays, tool, base, config) {
    const { no_update: unchanged } = window.dash_clientside;
    const canvas = byId("planning-canvas");
    if (!canvas || !config) return unchanged;
    if (mounting !== canvas) held = null;
    waiting = { overlays, tool: held || tool, base };
    if (driver && driver.map.getContainer() === canvas) {
      driver.update(waiting);
      return unchanged;
    }
    if (mounting === canvas) return unchanged;
    mounting = canvas;
    driver?.remove();
    driver = null;
    mount(canvas, config).catch((error) => {
      const notice = byId("planning-notice");
      if (!notice) return;
      notice.textContent = `${config.words.failed} ${error.message}`;
      notice.hidden = false;
    });
    return unchanged;
  }

  /** Hands the map with title, legend and source to the reader as a PNG file. */
  async function savePicture() {
    const whole = (part) => (part.children.length ? [...part.children].map(whole).join(" ") : part.textContent.trim());
    const text = (selector) => (document.querySelector(selector) ? whole(document.querySelector(selector)) : "");
    const { sheet } = await import(driver.config.modules.picture);
    const lines = [...document.querySelectorAll("#planning-edits-list li")].slice(0, 8).map((row) => [...row.querySelectorAll(".edit-number, .edit-words b, .edit-words span")]
      .map((part) => part.textContent.trim()).join("  "));
    const words = {
      title: [text("#planning-card .area-title h2"), text("#planning-card .lead-label"), text("#planning-card .lead-value")].filter(Boolean).join("  "),
      subtitle: [text("#planning-card .planning-people"), text("#planning-card .lead-note")].filter(Boolean).join("  "),
      lines,
      source: [...document.querySelectorAll(".foot > *")].map((part) => part.textContent.trim()).filter(Boolean).join("  ·  "),
      demo: text(".foot .demo-badge"),
    };
    const address = await sheet(await driver.picture(), { words, legends: shownLegends, token: driver.token });
    Object.assign(document.createElement("a"), { href: address, download: `${words.title.split("  ")[0]}.png` }).click();
  }

  /** The tool in hand, for pages that keep it themselves: no store, no way through Dash. */
  function hold(tool) {
    held = tool;
    if (waiting) waiting = { ...waiting, tool };
    if (driver && waiting) driver.update(waiting);
  }

  function look(view) {
    if (view) driver?.look(view);
    return window.dash_clientside.no_update;
  }

  // Buttons that lead to a region or to a place on the map, or take the map away as a picture.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#planning-picture") && driver) {
      savePicture().catch((error) => {
        const notice = byId("planning-notice");
        notice.textContent = `${driver.words.failed} ${error.message}`;
        notice.hidden = false;
      });
      return;
    }
    const button = event.target.closest?.("[data-planning-region], [data-planning-at]");
    if (!button) return;
    if (button.dataset.planningRegion) driver?.look({ region: button.dataset.planningRegion });
    else driver?.look({ at: button.dataset.planningAt.split(",").map(Number) });
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.planning_map = { draw, look };
  window.sportsmapPlanning = { hold };
})();
