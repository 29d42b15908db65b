// The page of strength: judgements of pairs, shares of weights, and what follows the answer to a moved weight.
(function () {
  "use strict";

  // More draws are asked for in these steps; cards below the league wait for the last one, while sliders move for none.
  // A page that has just been opened has nothing to pause for: the rest is asked for at once, in one step.
  const STEPS = [1, 3, 6];
  const PAUSE_MS = 300;
  const timers = [];
  const setProps = (...given) => window.dash_clientside.set_props(...given);

  const later = (work, pause) =>
    timers.push(
      setTimeout(() => {
        if (document.getElementById("strength-league")) work();
      }, pause),
    );

  /* The address, the files and the form say the weights that are shown. */
  function keep(address) {
    const query = new URLSearchParams(address).toString();
    window.history.replaceState(window.history.state, "", `${window.location.pathname}?${query}`);
    document.querySelectorAll(".export-links a").forEach((link) => {
      link.href = `${link.pathname}?${query}`;
    });
    setProps("strength-kept-own", { value: address.own });
    const form = document.querySelector(".strength-form");
    if (form) form.elements.weighting.value = address.weighting;
  }

  const forget = () => timers.splice(0).forEach(clearTimeout);

  function follow(run) {
    forget();
    nameSliders();
    if (!run) return "";
    const { own, batches, last, address } = run;
    if (address) keep(address);
    const isMoved = Array.isArray(own);
    const next = isMoved ? STEPS.find((step) => step > batches && step <= last) : last > batches && last;
    if (next) later(() => setProps("strength-more", { data: { own, batches: next } }), isMoved ? PAUSE_MS : 0);
    else setProps("strength-settled", { data: { own, batches } });
    return String(batches);
  }

  /* The thumbs of Dash's sliders have no name of their own: it is the one of the part. */
  function nameSliders() {
    document.querySelectorAll(".strength-weight").forEach((label) => {
      const thumb = label.querySelector("[role=slider]");
      if (thumb) thumb.setAttribute("aria-label", label.querySelector(".strength-part").textContent);
    });
  }

  /* A moved slider is answered itself: draws of the weights before must not be asked for any more. */
  function shares(values) {
    const league = document.getElementById("strength-league");
    const said = values.join();
    nameSliders();
    if (league.dataset.weights && league.dataset.weights !== said) forget();
    league.dataset.weights = said;
    const whole = values.reduce((sum, value) => sum + value, 0);
    return values.map((value) => (whole ? `${Math.round((100 * value) / whole)}%` : "0%"));
  }

  const node = (tag, className, ...children) => {
    const made = Object.assign(document.createElement(tag), { className });
    made.append(...children);
    return made;
  };

  /* The middle of a place on the axis, in percent of its length. */
  const at = (place, count) => `${((100 * (place - 0.5)) / count).toFixed(2)}%`;

  function place(row, isEdge, count) {
    const bar = node("span", "strength-bar");
    bar.style.left = at(row.low, count);
    bar.style.right = `${(100 - (100 * (row.high - 0.5)) / count).toFixed(2)}%`;
    const dot = node("span", "strength-dot");
    dot.style.left = at(row.median, count);
    const name = Object.assign(node("a", "", row.name), { href: row.href, title: row.words });
    const track = node("span", "strength-track", bar, dot);
    track.setAttribute("aria-hidden", "true");
    const classes = ["strength-place", `strength-tier-${row.tier}`];
    if (row.is_own) classes.push("is-own");
    if (isEdge) classes.push("is-edge");
    return node("li", classes.join(" "), name, track, node("b", "", row.interval), node("span", "", row.score));
  }

  function draw(data) {
    const holder = document.getElementById("strength-places");
    if (!holder || !data) return "";
    const { rows, heads, ticks } = data;
    if (!rows.length) {
      holder.style.setProperty("--rows", 0);
      holder.replaceChildren();
      return "0";
    }
    const marks = ticks.map((tick) => {
      const mark = node("span", "strength-tick", String(tick));
      mark.style.left = at(tick, rows.length);
      return mark;
    });
    const axis = node("span", "strength-track", ...marks);
    const head = node("div", "strength-place strength-axis", node("span", "", heads[0]), axis, node("span", "", heads[1]), node("span", "", heads[2]));
    const list = rows.map((row, k) => place(row, k > 0 && rows[k - 1].tier !== row.tier, rows.length));
    holder.style.setProperty("--rows", rows.length);
    holder.replaceChildren(head, node("ol", "", ...list));
    return String(rows.length);
  }

  /* The table of the league. */
  function figures(data) {
    const body = document.getElementById("strength-figures");
    if (!body || !data) return "";
    const cells = ([name, ...rest]) => [
      Object.assign(node("th", "", name), { scope: "row" }),
      ...rest.map((said) => node("td", "number", said)),
    ];
    body.replaceChildren(...data.rows.map((row, k) => node("tr", k === data.marked ? "is-chosen" : "", ...cells(row))));
    return String(data.rows.length);
  }

  document.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLElement) || !event.target.classList.contains("strength-pair")) return;
    const chosen = [...document.querySelectorAll("select.strength-pair")].map((select) => select.value);
    setProps("strength-pairs", { data: chosen });
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.strength = { draw, figures, follow, shares };
})();
