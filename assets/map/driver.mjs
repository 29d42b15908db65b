// Drives the map page: draws the state, reports clicks and hovers, keeps the address up to date.
import { MapStage } from "./stage.mjs";

const CELL_LAYERS = ["walking_time-0", "uncovered-0"];
const SIDES = ["map-panel", "map-side"];

export class MapDriver extends MapStage {
  constructor(gl, drawing, canvas, config, hooks) {
    super(gl, drawing, canvas, config, hooks, SIDES);
    this.hovered = null;
  }

  // Drawing

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

  // Figures

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

  // Reading the mouse, the finger and the keyboard

  moved() {
    this.loadInView();
    this.writeAddress();
  }

  paint() {
    this.paintFigures();
  }

  escape() {
    this.select({ kind: "region", id: this.parentOf(this.state.area) });
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
