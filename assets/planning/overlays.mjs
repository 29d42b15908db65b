// What a planning page lays over the map, as a pure function of the store `planning-overlays`:
// MapLibre sources, layers and legends. Content travels separately, so that a change of content leaves the style alone.

const EMPTY = { type: "FeatureCollection", features: [] };
const FONT = ["Noto Sans Medium"];
const METRE_LAT = 1 / 111320;
const ROUND = { "line-cap": "round", "line-join": "round" };
const TONES = { gain: "--difference-6", loss: "--difference-0", brand: "--brand", good: "--good", bad: "--bad", muted: "--muted", ink: "--ink" };

export const sourceOf = (code) => `overlay-${code}`;

/** Style layers of one overlay from which a click or a hover can tell what is under it. */
export const layersOf = (code, { kind }) => (kind === "counties" ? [] : [`overlay-${code}-${kind}`]);

/** GeoJSON of an overlay: given as such, or cells as columns of middle, size and value. */
export function contentOf({ kind, features, cells }) {
  if (kind === "counties") return null;
  if (features) return features;
  if (!cells) return EMPTY;
  const { lon, lat, value, size_m: size, tip } = cells;
  return { type: "FeatureCollection", features: lon.map((x, place) => square(x, lat[place], size.length ? size[place] : size, value[place], tip?.[place])) };
}

function square(lon, lat, size, value, tip) {
  const up = (size / 2) * METRE_LAT;
  const right = up / Math.cos((lat * Math.PI) / 180);
  const ring = [[lon - right, lat - up], [lon + right, lat - up], [lon + right, lat + up], [lon - right, lat + up], [lon - right, lat - up]];
  return { type: "Feature", geometry: { type: "Polygon", coordinates: [ring] }, properties: tip === undefined ? { value } : { value, tip } };
}

/** The style with the overlays in it: areas below streets, lines and points on top. */
export function withOverlays(style, overlays, token) {
  const sources = { ...style.sources };
  const below = [];
  const above = [];
  for (const [code, overlay] of Object.entries(overlays || {})) {
    if (overlay.kind !== "counties") sources[sourceOf(code)] = { type: "geojson", data: EMPTY };
    const layers = LAYERS[overlay.kind](code, overlay, token);
    (overlay.kind === "cells" || overlay.kind === "counties" ? below : above).push(...layers);
  }
  const place = style.layers.findIndex(({ id }) => /^(streets|boundaries)-/.test(id));
  const cut = place < 0 ? style.layers.length : place;
  return { ...style, sources, layers: [...style.layers.slice(0, cut), ...below, ...style.layers.slice(cut), ...above] };
}

const resolve = (colour, token) => {
  const variable = /^var\((--[\w-]+)\)$/.exec(colour);
  return variable ? token(variable[1]) : colour;
};

/** Colour by a value: limits between colours, or one colour per value. */
function colourOf(scale, value, token) {
  if (!scale) return token("--brand");
  const colours = scale.colours.map((colour) => resolve(colour, token));
  if (scale.kind === "match") return ["match", value, ...scale.values.flatMap((one, place) => [one, colours[place]]), token("--no-data")];
  return ["step", value, colours[0], ...scale.limits.flatMap((limit, place) => [limit, colours[place + 1]])];
}

const toneOf = (token, fallback) => ["match", ["coalesce", ["get", "tone"], fallback],
  ...Object.entries(TONES).flatMap(([tone, name]) => [tone, token(name)]), token("--brand")];

const LAYERS = {
  cells: (code, overlay, token) => [{
    id: `overlay-${code}-cells`, type: "fill", source: sourceOf(code),
    paint: { "fill-color": colourOf(overlay.scale, ["to-number", ["get", overlay.property || "value"], 0], token),
      "fill-opacity": overlay.opacity ?? 0.85, "fill-antialias": false },
  }],
  counties: (code, overlay, token) => {
    const value = ["feature-state", sourceOf(code)];
    const shown = ["case", ["==", value, null], resolve("var(--no-data)", token), colourOf(overlay.scale, ["to-number", value, 0], token)];
    return [{ id: `overlay-${code}-counties`, type: "fill", source: "regions", filter: ["get", "leaf"],
      ...(overlay.max_zoom ? { maxzoom: overlay.max_zoom } : {}),
      paint: { "fill-color": shown, "fill-opacity": overlay.opacity ?? 0.8, "fill-antialias": false } }];
  },
  lines: (code, overlay, token) => [
    { id: `overlay-${code}-casing`, type: "line", source: sourceOf(code), layout: ROUND,
      paint: { "line-color": token("--map-halo"), "line-width": (overlay.width ?? 4) + 3, "line-opacity": 0.9 } },
    { id: `overlay-${code}-lines`, type: "line", source: sourceOf(code), layout: ROUND,
      paint: { "line-color": overlay.scale ? colourOf(overlay.scale, ["to-number", ["get", overlay.property || "value"], 0], token) : toneOf(token, "brand"),
        "line-width": overlay.width ?? 4, ...(overlay.dash ? { "line-dasharray": overlay.dash } : {}) } },
  ],
  points: (code, overlay, token) => {
    const fill = overlay.scale ? colourOf(overlay.scale, ["to-number", ["get", overlay.property || "value"], 0], token) : toneOf(token, overlay.tone || "brand");
    const radius = overlay.radius ?? 11;
    return [
      { id: `overlay-${code}-points`, type: "circle", source: sourceOf(code),
        paint: { "circle-radius": ["coalesce", ["get", "radius"], radius], "circle-color": fill, "circle-opacity": ["coalesce", ["get", "opacity"], 1],
          "circle-stroke-color": token("--map-halo"), "circle-stroke-width": 2 } },
      { id: `overlay-${code}-marks`, type: "symbol", source: sourceOf(code), filter: ["has", "mark"],
        layout: { "text-field": ["to-string", ["get", "mark"]], "text-font": FONT, "text-size": Math.max(10, radius * 1.25), "text-allow-overlap": true, "text-ignore-placement": true },
        paint: { "text-color": token("--on-brand") } },
      { id: `overlay-${code}-labels`, type: "symbol", source: sourceOf(code), filter: ["has", "label"], minzoom: overlay.label_zoom ?? 9,
        layout: { "text-field": ["to-string", ["get", "label"]], "text-font": FONT, "text-size": 12.5, "text-offset": [0, radius / 12.5 + 0.3], "text-anchor": "top", "text-max-width": 9,
          "text-optional": true, "symbol-sort-key": ["coalesce", ["get", "rank"], 0] },
        paint: { "text-color": token("--ink"), "text-halo-color": token("--map-halo"), "text-halo-width": 1.8 } },
    ];
  },
};

/** Legend of the overlays as plain values: title, unit and items of mark, colour and words. */
export function legendsOf(overlays, number) {
  return Object.entries(overlays || {}).filter(([, { legend }]) => legend).map(([code, { kind, scale, legend }]) => ({
    code,
    title: legend.title,
    unit: legend.unit || "",
    note: legend.note || "",
    steps: !legend.items && scale && scale.kind !== "match" ? scale.colours.map((colour, place) => ({ colour,
      to: place >= scale.limits.length ? null : scale.labels ? scale.labels[place] : (legend.percent ? `${Math.round(scale.limits[place] * 1000) / 10}` : signed(scale.limits[place], number)) })) : [],
    middle: scale?.middle,
    items: legend.items || [],
    kind,
  }));
}

const signed = (value, number) => (value < 0 ? `−${number(-value)}` : number(value));
