// The map as a picture to take away: title, map, legend, and where the figures come from, on one sheet.

const PAD = 20;
const FONT = "'Noto Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif";

function loaded(address) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("picture"));
    image.src = address;
  });
}

/** Draws text in a size and colour and returns where it ends. */
function write(pen, text, x, y, { size = 14, weight = 400, colour, align = "left" }) {
  pen.font = `${weight} ${size}px ${FONT}`;
  pen.fillStyle = colour;
  pen.textAlign = align;
  pen.fillText(text, x, y);
  return x + pen.measureText(text).width;
}

function legendOf(pen, legend, x, y, token, resolve) {
  let end = write(pen, [legend.title, legend.unit].filter(Boolean).join("  "), x, y, { size: 13, weight: 600, colour: token("--ink") });
  const width = 34;
  legend.steps.forEach(({ colour, to }, place) => {
    pen.fillStyle = resolve(colour);
    pen.fillRect(x + place * width, y + 8, width, 12);
    if (to) write(pen, to, x + (place + 1) * width, y + 34, { size: 11, colour: token("--muted"), align: "center" });
    end = Math.max(end, x + (place + 1) * width);
  });
  if (legend.middle !== undefined) write(pen, legend.middle, x + (legend.steps.length * width) / 2, y + 34, { size: 11, colour: token("--muted"), align: "center" });
  if (legend.note) end = Math.max(end, write(pen, legend.note, x, y + 52, { size: 12, colour: token("--muted") }));
  return end + 32;
}

/**
 * `address` is the map as drawn; `words` are title, subtitle, lines and source; `demo` is the mark of generated data,
 * empty for delivered data.
 */
export async function sheet(address, { words, legends, token }) {
  const resolve = (colour) => {
    const variable = /^var\((--[\w-]+)\)$/.exec(colour);
    return variable ? token(variable[1]) : colour;
  };
  const map = await loaded(address);
  const scale = devicePixelRatio || 1;
  const width = Math.max(900, Math.round(map.width / scale));
  const height = Math.round((map.height / map.width) * width);
  const head = 84 + words.lines.length * 20;
  const foot = 132;
  const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: (head + height + foot) * scale });
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.fillStyle = token("--panel");
  pen.fillRect(0, 0, width, head + height + foot);
  write(pen, words.title, PAD, 38, { size: 22, weight: 650, colour: token("--ink") });
  write(pen, words.subtitle, PAD, 64, { size: 14, colour: token("--muted") });
  words.lines.forEach((line, place) => write(pen, line, PAD, 88 + place * 20, { size: 13, colour: token("--ink") }));
  if (words.demo) write(pen, words.demo, width - PAD, 38, { size: 16, weight: 600, colour: token("--demo"), align: "right" });
  pen.drawImage(map, 0, head, width, height);
  let x = PAD;
  for (const legend of legends) x = legendOf(pen, legend, x, head + height + 28, token, resolve);
  write(pen, words.source, PAD, head + height + foot - 16, { size: 12, colour: token("--muted") });
  return canvas.toDataURL("image/png");
}
