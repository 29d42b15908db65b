// The page of strength: judgements of pairs are gathered into a store whenever one of them is changed.
(function () {
  "use strict";

  document.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLElement) || !event.target.classList.contains("strength-pair")) return;
    const chosen = [...document.querySelectorAll("select.strength-pair")].map((select) => select.value);
    window.dash_clientside.set_props("strength-pairs", { data: chosen });
  });
})();
