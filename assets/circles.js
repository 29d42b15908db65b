// Keeps the address of the circles page up to date, so that reload and a shared link show the same.
(function () {
  "use strict";

  const NONE = "none";
  const ANY_DAY = "any";

  function address(region, other, sort, minutes, categories, fee, weekday, time, month, schools) {
    const query = new URLSearchParams({ minutes });
    if (categories && categories.length) query.set("categories", categories.join(","));
    if (fee !== "all") query.set("fee", fee);
    if (weekday !== ANY_DAY) {
      query.set("at", `${weekday}-${time.replace(":", "")}`);
      query.set("month", month);
    }
    if (!schools) query.set("schools", "0");
    query.set("region", region);
    if (other !== NONE && other !== region) query.set("with", other);
    if (sort !== "code") query.set("sort", sort);
    history.replaceState(history.state, "", `${location.pathname}?${query}`);
    return query.toString();
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.circles = { address };
})();
