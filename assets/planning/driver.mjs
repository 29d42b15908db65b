// Drives the map of the planning pages: the layers of the big map below, the page's overlays above, clicks into a store.
import { MapStage, VENUE_ZOOM } from "../map/stage.mjs";
import { contentOf, layersOf, legendsOf, sourceOf, withOverlays } from "./overlays.mjs";

const SIDES = ["planning-panel", "planning-side"];

export class PlanningDriver extends MapStage {
  constructor(gl, drawing, canvas, config, hooks) {
    super(gl, drawing, canvas, config, hooks, SIDES);
    this.clicks = 0;
  }

  // Drawing

  style() {
    return withOverlays(super.style(), this.state.overlays, this.token);
  }

  /** What the style depends on: the ground and the kinds and scales of overlays, not their content. */
  shape({ base, overlays }) {
    return JSON.stringify([base, Object.entries(overlays || {}).map(([code, { features, cells, legend, ...shape }]) => [code, shape])]);
  }

  update({ overlays, tool, base }) {
    const before = this.state;
    // A tool in hand draws what it was told so far above everything else.
    this.state = { ...before, ...base, base, overlays: { ...overlays, ...tool?.overlays }, tool: tool || {} };
    if (this.shape(before) !== this.shape(this.state)) this.draw();
    this.paintOverlays(before.overlays);
    this.hooks.legend(legendsOf(this.state.overlays, (value) => this.number(value)));
    this.map.getCanvas().style.cursor = this.state.tool.cursor || "";
  }

  draw() {
    if (!this.isLoaded) return;
    // Content of overlays is set apart from the style, so to the style it is always empty.
    for (const code of Object.keys(this.state.overlays || {})) {
      const source = this.map.getSource(sourceOf(code));
      if (source) source.serialize = () => ({ type: "geojson", data: { type: "FeatureCollection", features: [] } });
    }
    super.draw();
    this.painted = {};
  }

  paint() {
    this.map.getSource("places")?.setData(this.places());
    this.paintOverlays();
  }

  paintOverlays(before = {}) {
    if (!this.isLoaded) return;
    this.painted ||= {};
    for (const [code, overlay] of Object.entries(this.state.overlays || {})) {
      if (this.painted[code] === overlay) continue;
      this.painted[code] = overlay;
      if (overlay.kind === "counties") this.paintCounties(code, overlay.features || {});
      else this.map.getSource(sourceOf(code))?.setData(contentOf(overlay));
    }
    for (const [code, { kind }] of Object.entries(before || {})) {
      if (kind === "counties" && !this.state.overlays[code]) this.paintCounties(code, {});
    }
  }

  paintCounties(code, values) {
    for (const region of this.regions.keys()) {
      this.map.setFeatureState({ source: "regions", id: region }, { [sourceOf(code)]: values[region] ?? null });
    }
  }

  // Reading the mouse, the finger and the keyboard

  /** What lies under a point: the topmost feature of an overlay, a venue, the county. */
  at(point) {
    const layers = Object.entries(this.state.overlays || {}).flatMap(([code, overlay]) => layersOf(code, overlay));
    const [feature] = this.under(point, layers, 2);
    const venue = this.nearestVenue(point);
    const [county] = this.under(point, ["land"]);
    return { feature, venue, region: county ? county.properties.code : null };
  }

  choose(point, lngLat, count = 1) {
    // The second click of a double click means the same place as the first.
    if (count > 1) return;
    const { feature, venue, region } = this.at(point);
    this.clicks += 1;
    this.hooks.clicked({
      lon: Number(lngLat.lng.toFixed(6)),
      lat: Number(lngLat.lat.toFixed(6)),
      venue: venue ? { id: venue.id, name: venue.properties.name || this.words.categories[venue.properties.c], at: venue.geometry.coordinates } : null,
      region,
      feature: feature ? { overlay: feature.source.slice(sourceOf("").length), properties: feature.properties } : null,
      zoom: this.map.getZoom(),
      number: this.clicks,
    });
  }

  drill(point) {
    const { region } = this.at(point);
    if (region && !this.state.tool?.code) this.fit(region);
  }

  escape() {
    this.hooks.escaped();
  }

  hover(point) {
    if (!point) return this.hooks.tip(null, point);
    const { feature, venue, region } = this.at(point);
    const canvas = this.map.getCanvas();
    canvas.style.cursor = this.state.tool?.cursor || (feature || venue ? "pointer" : "");
    return this.hooks.tip(this.describe(feature, venue, region), point);
  }

  describe(feature, venue, region) {
    if (feature) {
      const { tip, label, value } = feature.properties;
      const overlay = this.state.overlays[feature.source.slice(sourceOf("").length)] || {};
      if (tip) return String(tip).split("\n");
      if (label) return [label];
      if (value !== undefined && overlay.legend) return [overlay.legend.title, `${this.signed(value)} ${overlay.legend.unit || ""}`];
    }
    if (venue) {
      const { name, c, f } = venue.properties;
      return [name || this.words.categories[c], name ? this.words.categories[c] : "", this.words.fees[f]];
    }
    return region ? this.describeRegion(region) : null;
  }

  describeRegion(region) {
    const lines = [this.regions.get(region)?.name || region];
    for (const { kind, features, legend } of Object.values(this.state.overlays || {})) {
      if (kind !== "counties" || !legend) continue;
      const value = features?.[region];
      const shown = value === undefined || value === null ? this.words.no_data
        : legend.percent ? `${(value * 100).toFixed(1)} %` : `${this.signed(value)} ${legend.unit || ""}`;
      lines.push(`${legend.title} ${shown}`);
    }
    return lines;
  }

  signed(value) {
    return value < 0 ? `−${this.number(-value)}` : this.number(value);
  }

  // Moving

  /** `{region}`, `{at: [lon, lat], zoom}` or `{box: [west, south, east, north]}`. */
  look({ region, at, zoom, box }) {
    if (region) this.fit(region);
    else if (at) this.map.easeTo({ center: at, zoom: zoom || Math.max(this.map.getZoom(), VENUE_ZOOM), duration: 700 });
    else if (box) this.map.fitBounds([[box[0], box[1]], [box[2], box[3]]], { padding: this.padding(), maxZoom: 16, duration: 700 });
  }

  moved() {
    const centre = this.map.getCenter();
    this.hooks.moved([Number(centre.lng.toFixed(5)), Number(centre.lat.toFixed(5)), Number(this.map.getZoom().toFixed(2))]);
  }

  /** The map as drawn, for pictures made in the browser. */
  picture() {
    return new Promise((resolve) => {
      this.map.once("render", () => resolve(this.map.getCanvas().toDataURL("image/png")));
      this.map.triggerRepaint();
    });
  }
}
