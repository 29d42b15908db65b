/* Spares pages work: Dash resets every component that arrives, one action each, and every action asks every component
   whether it changed, so the work grows with the square of the components of a page. A reset of a component that has
   never changed has nothing to do and is left out; all others go on. */
(() => {
  "use strict";

  const stores = [];
  stores.push = (store) => {
    const { dispatch } = store;
    store.dispatch = (action) => {
      if (action.type !== "RESET_COMPONENT_STATE") return dispatch(action);
      const place = action.payload.itempath.join(",");
      const hasChanged = Object.keys(store.getState().layoutHashes).some((path) => path.startsWith(place));
      return hasChanged ? dispatch(action) : action;
    };
    return Array.prototype.push.call(stores, store);
  };
  /* Where Dash notes its stores as it makes them. */
  window.dash_stores = stores;
})();
