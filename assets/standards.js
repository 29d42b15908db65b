// Keeps the address of the standards page up to date, so that reload and a shared link show the same.
(function () {
  "use strict";

  function address(standard, region) {
    const query = new URLSearchParams({ standard, region });
    history.replaceState(history.state, "", `${location.pathname}?${query}`);
    return query.toString();
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.standards = { address };
})();
