// The comparison of scenarios: which one the map shows, and the address that shows the same comparison again.
(function () {
  "use strict";

  function show(which, overlays) {
    return (overlays && (overlays[Number(which)] || overlays[0])) || {};
  }

  function address(query) {
    if (query !== null && query !== undefined) history.replaceState(history.state, "", `${location.pathname}?${query}`);
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.planning_compare = { show, address };
})();
