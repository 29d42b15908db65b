// One MapLibre map over the layers that the server declares: what the map page and the planning pages share.
// Drivers say what a click, a hover and Escape mean, and what is painted once the style stands.

// Zooms from which finer outlines and shores are worth their bytes; once fetched, they stay.
const DETAILS = [["overview", 0], ["fine", 8.6], ["near", 11.5]];
const VENUE_LAYER = "venues-0";
const PADDING = 24;
const NARROW = 820; // pixels; the width where the panels become sheets
const HANDLE = 44; // pixels of a closed sheet
const STREETS_ZOOM = 12.3;
export const VENUE_ZOOM = 15;

export class MapStage {
  /** `sides` are the ids of the panels on the left and on the right. */
  constructor(gl, drawing, canvas, config, hooks, sides) {
    this.drawing = drawing;
    this.canvas = canvas;
    this.config = config;
    this.hooks = hooks;
    this.sides = sides;
    this.words = config.words;
    this.token = drawing.readTokens();
    this.regions = new Map(config.regions.map((region) => [region.code, region]));
    this.data = {};
    this.figures = null;
    this.requests = {};
    this.state = { ...config.state, detail: "overview", root: config.root };
    this.drawn = this.style();
    this.map = new gl.Map({
      container: canvas,
      style: this.drawn,
      ...this.firstView(config.state),
      maxZoom: 18,
      minZoom: 4,
      localIdeographFontFamily: "'Noto Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif",
      attributionControl: false,
      doubleClickZoom: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 120,
      validateStyle: config.validate === true,
      locale: config.words.locale,
      ...config.canvas,
    });
    // A single study area opens where its streets show, even if not all of it fits.
    if (!config.state.at && config.regions.length === 1) this.map.setZoom(Math.max(this.map.getZoom(), STREETS_ZOOM));
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new gl.NavigationControl({ showCompass: false }), "bottom-right");
    this.map.addControl(new gl.ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
    this.map.setMissingStyleImageResolver((id) => {
      if (id === "hatch") this.map.addImage(id, this.drawing.hatchImage(this.token), { pixelRatio: 2 });
    });
    this.listen();
  }

  // Drawing

  style() {
    return this.drawing.buildStyle(this.config, this.state, this.data, this.token);
  }

  query() {
    return this.drawing.filterQuery(this.config, this.state);
  }

  /** Hands the changes to MapLibre; before its first style has loaded, once that has. */
  draw() {
    if (!this.isLoaded) return;
    // MapLibre forgets the address of GeoJSON once that has loaded, and would load it again with every change.
    for (const [code, source] of Object.entries(this.drawn.sources)) {
      if (typeof source.data === "string") this.map.getSource(code).serialize = () => source;
    }
    this.drawn = this.style();
    this.map.setStyle(this.drawn, { diff: true });
  }

  remove() {
    Object.values(this.requests).forEach((request) => request.abort());
    this.map.remove();
  }

  /** Names of regions, with the count of venues where figures are known. */
  places() {
    const rows = this.figures?.regions || {};
    const most = {};
    for (const region of this.regions.values()) {
      most[region.level] = Math.max(most[region.level] || 1, rows[region.code]?.venues || 0);
    }
    const features = [...this.regions.values()].filter((region) => region.level !== "province" || this.regions.size === 1).map((region) => {
      const venues = rows[region.code]?.venues;
      const known = venues === undefined ? {} : { label: `\n${this.number(venues)}${this.words.venue_unit}`, share: Math.sqrt(venues / most[region.level]) };
      const level = region.level === "province" ? "city" : region.level;
      return { type: "Feature", geometry: { type: "Point", coordinates: region.centre },
        properties: { code: region.code, level, name: region.name, rank: -(venues || 0), ...known } };
    });
    return { type: "FeatureCollection", features };
  }

  /** Counts as components/numbers.py writes them: three significant digits, 万 and 亿 or k and M. */
  number(value) {
    const steps = this.config.lang === "zh" ? [[1e8, "亿"], [1e4, "万"]] : [[1e9, "B"], [1e6, "M"], [1e3, "k"]];
    const [step, sign] = steps.find(([size]) => value >= size) || [1, ""];
    const scaled = value / step;
    const digits = step === 1 ? 0 : Math.max(0, 3 - String(Math.trunc(scaled)).length);
    return scaled.toLocaleString("en-US", { maximumFractionDigits: digits }) + sign;
  }

  // Asking

  /** Latest answer wins: a newer request of the same name ends the older one. */
  async fetchJson(name, address) {
    this.requests[name]?.abort();
    const control = new AbortController();
    this.requests[name] = control;
    const response = await fetch(address, { signal: control.signal, headers: { Accept: "application/json" } });
    const body = await response.json();
    if (!response.ok) throw new Error([body.message, body.fix].filter(Boolean).join(" ") || response.statusText);
    return body;
  }

  async guarded(work) {
    try {
      await work();
      this.hooks.notice("");
    } catch (error) {
      if (error.name !== "AbortError") this.hooks.notice(`${this.words.failed} ${error.message}`);
    }
  }

  // Reading the mouse, the finger and the keyboard

  listen() {
    const { map } = this;
    map.on("click", (event) => this.choose(event.point, event.lngLat, event.originalEvent?.detail));
    map.on("dblclick", (event) => this.drill(event.point));
    map.on("mousemove", (event) => this.hover(event.point));
    map.on("mouseout", () => this.hover(null));
    map.on("moveend", () => {
      /* A map loses its size when its page is left, and then moves for nobody. */
      if (!map.getCanvas().isConnected) return;
      this.settleDetail();
      this.moved();
    });
    map.once("style.load", () => {
      this.isLoaded = true;
      this.draw();
      this.paint();
      this.settleDetail();
    });
    map.once("idle", () => this.hooks.ready());
    map.on("error", (event) => {
      if (event.error && event.error.name !== "AbortError") this.hooks.notice(`${this.words.failed} ${event.error.status || ""}`);
    });
    map.getCanvas().setAttribute("aria-label", this.words.map_label);
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.chooseMiddle();
      if (event.key === "Escape") this.escape();
    });
  }

  // What a driver adds

  moved() {}

  paint() {}

  choose() {}

  drill() {}

  hover() {}

  escape() {}

  chooseMiddle() {
    const { clientWidth, clientHeight } = this.map.getCanvas();
    const middle = { x: clientWidth / 2, y: clientHeight / 2 };
    this.choose(middle, this.map.unproject([middle.x, middle.y]));
  }

  under(point, layers, slack = 0) {
    const present = layers.filter((layer) => this.map.getLayer(layer));
    const box = slack ? [[point.x - slack, point.y - slack], [point.x + slack, point.y + slack]] : [point.x, point.y];
    return present.length ? this.map.queryRenderedFeatures(box, { layers: present }) : [];
  }

  nearestVenue(point) {
    const slack = matchMedia("(pointer: coarse)").matches ? 14 : 5;
    const distance = ({ geometry }) => {
      const at = this.map.project(geometry.coordinates);
      return Math.hypot(at.x - point.x, at.y - point.y);
    };
    return this.under(point, [VENUE_LAYER], slack).sort((a, b) => distance(a) - distance(b))[0];
  }

  // Moving

  settleDetail() {
    const rank = (detail) => DETAILS.findIndex(([code]) => code === detail);
    const [detail] = DETAILS.findLast(([, zoom]) => this.map.getZoom() >= zoom);
    if (rank(detail) > rank(this.state.detail)) {
      this.state.detail = detail;
      this.draw();
      this.paint();
    }
  }

  /** Room that the panels leave: on a telephone they lie below, else at both sides. */
  padding() {
    const stage = this.canvas.getBoundingClientRect();
    const covers = (id, side) => {
      const part = document.getElementById(id)?.getBoundingClientRect();
      return part && stage.width > NARROW ? Math.max(0, side === "left" ? part.right - stage.left : stage.right - part.left) : 0;
    };
    const bottom = stage.width > NARROW ? PADDING : PADDING + HANDLE;
    return { top: PADDING, bottom, left: PADDING + covers(this.sides[0], "left"), right: PADDING + covers(this.sides[1], "right") };
  }

  firstView({ at, selected }) {
    if (at) return { center: [at[0], at[1]], zoom: at[2] };
    if (selected && selected.at) return { center: selected.at, zoom: VENUE_ZOOM };
    return { bounds: this.boundsOf(selected), fitBoundsOptions: { padding: this.padding() } };
  }

  boundsOf(selected) {
    const code = selected && selected.kind === "region" ? selected.id : this.config.root;
    const [west, south, east, north] = (this.regions.get(code) || this.regions.get(this.config.root)).box;
    return [[west, south], [east, north]];
  }

  fit(code) {
    this.map.fitBounds(this.boundsOf({ kind: "region", id: code }), { padding: this.padding(), maxZoom: 15, duration: 700 });
  }

  flyTo(at) {
    this.map.easeTo({ center: at, zoom: Math.max(this.map.getZoom(), VENUE_ZOOM), duration: 700 });
  }
}
