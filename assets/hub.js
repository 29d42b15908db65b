/* Strips of tabs that are wider than the window: the tab that is open comes into sight. */
(() => {
  "use strict";

  function place() {
    document.querySelectorAll('.planning-tabs:not([data-placed]) [aria-current="page"]').forEach((tab) => {
      const strip = tab.closest(".planning-tabs");
      strip.dataset.placed = "";
      if (strip.scrollWidth <= strip.clientWidth) return;
      const [here, frame] = [tab.getBoundingClientRect(), strip.getBoundingClientRect()];
      strip.scrollLeft += here.left - frame.left - (frame.width - here.width) / 2;
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(place).observe(document.body, { childList: true, subtree: true });
    place();
  });
})();
