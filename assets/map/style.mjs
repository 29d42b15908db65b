// The MapLibre style as a pure function of what the server declares and what the reader has chosen.

const OPACITY = { fill: ["fill-opacity"], line: ["line-opacity"], symbol: ["text-opacity"], background: ["background-opacity"],
  circle: ["circle-opacity", "circle-stroke-opacity"] };
const EMPTY = { type: "FeatureCollection", features: [] };
// Only the weight of the name counts: glyphs are drawn by the browser in localIdeographFontFamily.
const FONT = ["Noto Sans Medium"];

/** Query part that tiles and figures share; equal text is equal content, so addresses can be cached for ever. */
export function filterQuery(config, state) {
  const query = new URLSearchParams({ build: config.build, scope: config.scope });
  if (state.categories.length) query.set("categories", [...state.categories].sort().join(","));
  if (state.fee !== "all") query.set("fee", state.fee);
  // Hours, months and schools, where a page lets them be chosen.
  for (const [name, value] of Object.entries(state.extra || {})) query.set(name, value);
  return query.toString();
}

/** Colours of the page's scheme behind `var(--token)`. */
export function readTokens() {
  const computed = getComputedStyle(document.documentElement);
  const known = new Map();
  return (name) => {
    if (!known.has(name)) known.set(name, computed.getPropertyValue(name).trim() || "#888888");
    return known.get(name);
  };
}

export function buildStyle(config, state, data, token) {
  const resolve = (value) => {
    if (typeof value === "string") {
      const variable = /^var\((--[\w-]+)\)$/.exec(value);
      return variable ? token(variable[1]) : value.replace("@minutes", state.minutes);
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolve(part)]));
    }
    return value;
  };
  const sources = {
    // Borders come in two levels of detail, water in three.
    regions: { type: "geojson", data: new URL(`/api/map/regions?detail=${state.detail === "overview" ? "overview" : "fine"}&build=${config.build}`, location).href,
      promoteId: "code", tolerance: 0.2 },
    places: { type: "geojson", data: data.places || EMPTY },
    isochrone: { type: "geojson", data: data.isochrone || EMPTY },
    chosen: { type: "geojson", data: data.chosen || EMPTY },
  };
  const query = filterQuery(config, state);
  const layers = [{ id: "ground", type: "background", paint: { "background-color": token("--map-ground") } },
    { id: "land", type: "fill", source: "regions", filter: ["get", "leaf"], paint: { "fill-color": token("--map-land"), "fill-antialias": false } }];
  for (const layer of config.layers) {
    if (layer.source) {
      const { tiles, data: address } = layer.source;
      const full = (path) => location.origin + path.replace("{filter}", query).replace("{build}", config.build).replace("{detail}", state.detail);
      sources[layer.code] = tiles ? { ...layer.source, tiles: tiles.map(full) } : { ...layer.source, data: full(address) };
    }
    const chosen = state.layers[layer.code];
    layer.style.forEach((part, place) => layers.push(drawn(part, `${layer.code}-${place}`, chosen, resolve)));
    if (layer.code === "streets") layers.push(...isochroneLayers(token));
    if (layer.code === "boundaries") layers.push(...selectionLayers(state, token));
  }
  layers.push({ id: "chosen-venue", type: "circle", source: "chosen", paint: { "circle-radius": 11, "circle-color": "rgba(0,0,0,0)",
    "circle-stroke-color": token("--ink"), "circle-stroke-width": 2.5 } });
  return { version: 8, sources, layers, transition: { duration: 0, delay: 0 } };
}

function drawn(part, id, chosen, resolve) {
  const { fade, state_opacity: byState, ...spec } = part;
  const layer = resolve(spec);
  const paint = { ...layer.paint };
  const share = chosen.opacity / 100;
  const at = (opacity) => {
    const value = Math.round(opacity * share * 1000) / 1000;
    return byState && value > 0 ? ["*", value, byState] : value;
  };
  const stops = fade || [[0, 1]];
  const opacity = stops.length > 1
    ? ["interpolate", ["linear"], ["zoom"], ...stops.flatMap(([zoom, value]) => [zoom, at(value)])] : at(stops[0][1]);
  for (const property of OPACITY[layer.type]) paint[property] = opacity;
  const layout = { ...layer.layout, visibility: chosen.on ? "visible" : "none" };
  if (layer.type === "symbol") layout["text-font"] = FONT;
  return { ...layer, id, paint, layout };
}

function isochroneLayers(token) {
  const colour = ["match", ["get", "minutes"], 5, token("--circle-5"), 10, token("--circle-10"), token("--circle-15")];
  return [
    { id: "isochrone-fill", type: "fill", source: "isochrone", paint: { "fill-color": colour, "fill-opacity": 0.28 } },
    { id: "isochrone-line", type: "line", source: "isochrone", layout: { "line-join": "round" },
      paint: { "line-color": token("--ink"), "line-width": 1.6, "line-opacity": 0.75 } },
  ];
}

function selectionLayers(state, token) {
  const code = state.selected && state.selected.kind === "region" ? state.selected.id : state.area;
  const isWhole = !code || code === state.root;
  const outside = isWhole ? ["literal", false] : ["all", ["get", "leaf"], ["!=", ["get", "code"], code], ["!=", ["get", "parent"], code]];
  const outline = isWhole ? ["literal", false] : ["==", ["get", "code"], code];
  return [
    { id: "outside", type: "fill", source: "regions", filter: outside, paint: { "fill-color": token("--map-ground"), "fill-opacity": 0.5 } },
    { id: "hover", type: "line", source: "regions", filter: ["get", "leaf"], layout: { "line-join": "round" },
      paint: { "line-color": token("--ink"), "line-width": 2, "line-opacity": ["case", ["boolean", ["feature-state", "hover"], false], 0.9, 0] } },
    { id: "selected-casing", type: "line", source: "regions", filter: outline, layout: { "line-join": "round" },
      paint: { "line-color": token("--map-halo"), "line-width": 6, "line-opacity": 0.9 } },
    { id: "selected", type: "line", source: "regions", filter: outline, layout: { "line-join": "round" },
      paint: { "line-color": token("--brand"), "line-width": 3 } },
  ];
}

/** Diagonal strokes for "no data": never the lowest step of a scale. */
export function hatchImage(token) {
  const size = 16;
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = canvas.getContext("2d");
  pen.strokeStyle = token("--no-data");
  pen.lineWidth = 3;
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift - 2, size + 2);
    pen.lineTo(shift + size + 2, -2);
    pen.stroke();
  }
  return pen.getImageData(0, 0, size, size);
}
