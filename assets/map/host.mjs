// What stands around a map on its page: whether it can be drawn at all, its notice and the tip at the cursor.

export function hasWebGl() {
  try {
    const probe = document.createElement("canvas").getContext("webgl2");
    probe?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(probe);
  } catch {
    return false;
  }
}

/** Hooks of a driver that write into the elements `<name>-canvas`, `<name>-notice` and `<name>-tip`. */
export function frameHooks(name) {
  const part = (which) => document.getElementById(`${name}-${which}`);
  return {
    ready: () => part("canvas")?.setAttribute("data-ready", "true"),
    notice(text) {
      const notice = part("notice");
      if (!notice) return;
      notice.textContent = text;
      notice.hidden = !text;
    },
    tip(lines, point) {
      const tip = part("tip");
      if (!tip) return;
      tip.hidden = !lines;
      if (!lines) return;
      tip.replaceChildren(...lines.filter(Boolean).map((line, place) => Object.assign(document.createElement(place ? "span" : "b"), { textContent: line })));
      const { clientWidth, clientHeight } = tip.parentElement;
      const x = Math.min(point.x + 14, clientWidth - tip.offsetWidth - 8);
      const y = Math.min(point.y + 14, clientHeight - tip.offsetHeight - 8);
      tip.style.transform = `translate(${Math.max(8, x)}px, ${Math.max(8, y)}px)`;
    },
  };
}

/** MapLibre with its worker, and the style maker. */
export async function loadDrawing(modules) {
  const [gl, drawing] = await Promise.all([import(modules.gl), import(modules.style)]);
  gl.setWorkerUrl(new URL(modules.worker, location).href);
  return [gl, drawing];
}
