// Drives one MapLibre map: draws the state, reports clicks and hovers, keeps the address up to date.

// Zooms from which finer outlines and shores are worth their bytes; once fetched, they stay.
const DETAILS = [["overview", 0], ["fine", 8.6], ["near", 11.5]];
const VENUE_LAYER = "venues-0";
const CELL_LAYERS = ["walking_time-0", "uncovered-0"];
const PADDING = 24;
const NARROW = 820; // pixels; the width where the panels become sheets
const HANDLE = 44; // pixels of a closed sheet
const VENUE_ZOOM = 15;
const STREETS_ZOOM = 12.3;

export class MapDriver {
  constructor(gl, drawing, canvas, config, hooks) {
    this.drawing = drawing;
    this.canvas = canvas;
    this.config = config;
    this.hooks = hooks;
    this.words = config.words;
    this.token = drawing.readTokens();
    this.regions = new Map(config.regions.map((region) => [region.code, region]));
    this.data = {};
    this.figures = null;
    this.hovered = null;
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

  update(state) {
    const before = this.state;
    this.state = { ...before, ...state };
    const { selected } = this.state;
    if (selected && selected.kind === "region") this.state.area = selected.id;
    this.draw();
    const figuresKey = `${this.query()}|${this.state.distance}`;
    if (figuresKey !== this.figuresKey) {
      this.figuresKey = figuresKey;
      this.loadFigures();
    } else this.paintFigures();
    this.loadInView();
    this.showVenue(before.selected);
    this.writeAddress();
  }

  remove() {
    Object.values(this.requests).forEach((request) => request.abort());
    this.map.remove();
  }

  // Figures

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

  loadFigures() {
    return this.guarded(async () => {
      const { distance } = this.state;
      this.figures = await this.fetchJson("figures", `/api/map/coverage?${this.query()}&distance=${distance}`);
      this.paintFigures();
    });
  }

  paintFigures() {
    if (!this.figures || !this.isLoaded) return;
    const { minutes } = this.state;
    const breaks = this.figures.breaks[minutes];
    this.map.removeFeatureState({ source: "regions" });
    for (const [code, row] of Object.entries(this.figures.regions)) {
      const rate = row.residents > 0 ? row.covered[minutes] / row.residents : null;
      if (rate !== null) this.map.setFeatureState({ source: "regions", id: code }, { step: breaks.filter((limit) => rate >= limit).length });
    }
    this.data.places = this.places();
    this.map.getSource("places")?.setData(this.data.places);
  }

  places() {
    const rows = this.figures.regions;
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

  loadInView() {
    clearTimeout(this.inViewTimer);
    this.inViewTimer = setTimeout(() => this.guarded(async () => {
      const box = this.map.getBounds().toArray().flat().map((degrees) => degrees.toFixed(4)).join(",");
      const query = `${this.query()}&box=${box}&minutes=${this.state.minutes}`;
      this.hooks.inView(await this.fetchJson("inView", `/api/map/in_view?${query}`), (value) => this.number(value));
    }), 200);
  }

  showVenue(before) {
    const { selected, minutes } = this.state;
    const isVenue = selected && selected.kind === "venue";
    const key = isVenue ? `${selected.id}|${minutes}` : "";
    if (key === this.venueKey) return;
    this.venueKey = key;
    const point = isVenue && selected.at ? { type: "Feature", geometry: { type: "Point", coordinates: selected.at }, properties: {} } : null;
    this.data.chosen = { type: "FeatureCollection", features: point ? [point] : [] };
    this.map.getSource("chosen")?.setData(this.data.chosen);
    if (!isVenue) {
      if (before && before.kind === "venue") this.setIsochrone(null);
      return;
    }
    this.guarded(async () => {
      const query = `build=${this.config.build}&scope=${this.config.scope}&venue=${selected.id}&minutes=${minutes}`;
      const shape = await this.fetchJson("isochrone", `/api/map/isochrone?${query}`);
      this.setIsochrone(shape);
    });
  }

  setIsochrone(shape) {
    this.data.isochrone = shape || { type: "FeatureCollection", features: [] };
    this.map.getSource("isochrone")?.setData(this.data.isochrone);
  }

  /** Counts as components/numbers.py writes them: three significant digits, 万 and 亿 or k and M. */
  number(value) {
    const steps = this.config.lang === "zh" ? [[1e8, "亿"], [1e4, "万"]] : [[1e9, "B"], [1e6, "M"], [1e3, "k"]];
    const [step, sign] = steps.find(([size]) => value >= size) || [1, ""];
    const scaled = value / step;
    const digits = step === 1 ? 0 : Math.max(0, 3 - String(Math.trunc(scaled)).length);
    return scaled.toLocaleString("en-US", { maximumFractionDigits: digits }) + sign;
  }

  // Reading the mouse, the finger and the keyboard

  listen() {
    const { map } = this;
    map.on("click", (event) => this.choose(event.point, event.lngLat));
    map.on("dblclick", (event) => this.drill(event.point));
    map.on("mousemove", (event) => this.hover(event.point));
    map.on("mouseout", () => this.hover(null));
    map.on("moveend", () => {
      this.settleDetail();
      this.loadInView();
      this.writeAddress();
    });
    map.once("style.load", () => {
      this.isLoaded = true;
      this.draw();
      this.paintFigures();
      this.settleDetail();
    });
    map.once("idle", () => this.hooks.ready());
    map.on("error", (event) => {
      if (event.error && event.error.name !== "AbortError") this.hooks.notice(`${this.words.failed} ${event.error.status || ""}`);
    });
    map.getCanvas().setAttribute("aria-label", this.words.map_label);
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.chooseMiddle();
      if (event.key === "Escape") this.select({ kind: "region", id: this.parentOf(this.state.area) });
    });
  }

  chooseMiddle() {
    const { clientWidth, clientHeight } = this.map.getCanvas();
    const middle = { x: clientWidth / 2, y: clientHeight / 2 };
    this.choose(middle, this.map.unproject([middle.x, middle.y]));
  }

  settleDetail() {
    const rank = (detail) => DETAILS.findIndex(([code]) => code === detail);
    const [detail] = DETAILS.findLast(([, zoom]) => this.map.getZoom() >= zoom);
    if (rank(detail) > rank(this.state.detail)) {
      this.state.detail = detail;
      this.draw();
      this.paintFigures();
    }
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

  choose(point) {
    const venue = this.nearestVenue(point);
    if (venue) return this.select({ kind: "venue", id: venue.id, at: venue.geometry.coordinates });
    const [county] = this.under(point, ["land"]);
    return county ? this.select({ kind: "region", id: this.step(county.properties.code) }) : undefined;
  }

  /** The region that a click on a county means at the present depth: first its city, inside that city the county. */
  step(code) {
    const { parent } = this.regions.get(code);
    const area = this.regions.get(this.state.area);
    const isInside = area && (area.code === parent || area.parent === parent);
    return isInside || !this.regions.has(parent) || parent === this.config.root ? code : parent;
  }

  drill(point) {
    const [county] = this.under(point, ["land"]);
    if (county) this.fit(this.state.area);
  }

  select(selected) {
    this.hooks.selected(selected);
  }

  parentOf(code) {
    const parent = this.regions.get(code)?.parent;
    return this.regions.has(parent) ? parent : this.config.root;
  }

  hover(point) {
    const found = point ? this.nearestVenue(point) || this.under(point, CELL_LAYERS)[0] || this.under(point, ["land"])[0] : null;
    const key = found ? `${found.layer.id}|${found.id}` : "";
    const code = found && found.source === "regions" ? found.properties.code : null;
    if (code !== this.hovered) {
      if (this.hovered) this.map.setFeatureState({ source: "regions", id: this.hovered }, { hover: false });
      if (code) this.map.setFeatureState({ source: "regions", id: code }, { hover: true });
      this.hovered = code;
    }
    this.map.getCanvas().style.cursor = found ? "pointer" : "";
    const lines = found ? this.describe(found) : null;
    this.hooks.tip(lines, point);
    if (key !== this.hoverKey) {
      this.hoverKey = key;
      this.hooks.hovered(found ? { kind: code ? "region" : found.source, id: code || found.id } : null);
    }
  }

  /** Name and two figures. */
  describe(feature) {
    const { words } = this;
    const { properties } = feature;
    if (feature.source === "venues") {
      return [properties.name || words.categories[properties.c], properties.name ? words.categories[properties.c] : "", words.fees[properties.f]];
    }
    if (feature.source === "walking_time") {
      return [words.bands[properties.t], `${words.residents} ${this.number(properties.r || 0)}`,
        `${words.uncovered} ${this.number(properties[`u${this.state.minutes}`] || 0)}`];
    }
    const row = this.figures?.regions[properties.code];
    const name = this.regions.get(properties.code)?.name || "";
    if (!row || !row.residents) return [name, words.no_data, row?.venues ? `${words.venues} ${this.number(row.venues)}` : ""];
    const rate = row.covered[this.state.minutes] / row.residents;
    return [name, `${words.coverage} ${(rate * 100).toFixed(1)} %`, `${words.venues} ${this.number(row.venues)}`];
  }

  // Moving

  /** Room that the panels leave: on a telephone they lie below, else at both sides. */
  padding() {
    const stage = this.canvas.getBoundingClientRect();
    const covers = (id, side) => {
      const part = document.getElementById(id)?.getBoundingClientRect();
      return part && stage.width > NARROW ? Math.max(0, side === "left" ? part.right - stage.left : stage.right - part.left) : 0;
    };
    const bottom = stage.width > NARROW ? PADDING : PADDING + HANDLE;
    return { top: PADDING, bottom, left: PADDING + covers("map-panel", "left"), right: PADDING + covers("map-side", "right") };
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

  writeAddress() {
    if (!this.map.getCanvas().isConnected) return;
    const { state } = this;
    const centre = this.map.getCenter();
    const query = new URLSearchParams();
    query.set("at", [centre.lng.toFixed(5), centre.lat.toFixed(5), this.map.getZoom().toFixed(2)].join(","));
    if (state.selected) query.set(state.selected.kind, state.selected.id);
    query.set("minutes", state.minutes);
    if (state.distance !== "network") query.set("distance", state.distance);
    if (state.categories.length) query.set("categories", [...state.categories].sort().join(","));
    if (state.fee !== "all") query.set("fee", state.fee);
    query.set("layers", this.config.layers.filter(({ code }) => state.layers[code].on)
      .map(({ code }) => (state.layers[code].opacity === 100 ? code : `${code}:${state.layers[code].opacity}`)).join(","));
    history.replaceState(history.state, "", `${location.pathname}?${query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}`);
  }
}
