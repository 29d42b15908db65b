/* The frame: where one is, the folding navigation, drawers, and the search palette. */
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);

  /* Called by Dash when the address changes: marks the place, folds menus, names the window. */
  function arrive(path) {
    let name = "";
    document.querySelectorAll(".side-link").forEach((link) => {
      /* A page below another one, as /planning/circles, is at that one's place. */
      const place = new URL(link.href).pathname;
      const isHere = place === path || (place !== "/" && path.startsWith(`${place}/`));
      if (isHere) {
        link.setAttribute("aria-current", "page");
        name = link.textContent;
      } else {
        link.removeAttribute("aria-current");
      }
    });
    const product = document.querySelector(".side .brand-name")?.textContent ?? "";
    document.title = name ? `${name} · ${product}` : product;
    toggleNavigation(false);
    document.querySelectorAll("details.user[open]").forEach((menu) => menu.removeAttribute("open"));
    byId("page")?.scrollTo?.(0, 0);
    window.scrollTo(0, 0);
    return path;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { shell: { arrive } });

  /* On a phone a secondary card is folded to its head, which opens it; its charts then take their room. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".unfold");
    if (!button) return;
    button.setAttribute("aria-expanded", String(button.closest(".folds").classList.toggle("is-open")));
    window.dispatchEvent(new Event("resize"));
  });

  /* A long table shows all of its rows, or the first ones again. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".show-all");
    if (!button) return;
    const isWhole = button.closest(".long-table").classList.toggle("is-whole");
    button.setAttribute("aria-expanded", String(isWhole));
    if (!isWhole) button.scrollIntoView({ block: "nearest" });
  });

  /* A session that ended: figures must not stand there as if they answered what was just asked. The page is asked for
     anew, and with it to sign in. */
  const ask = window.fetch;
  window.fetch = async (...given) => {
    const answer = await ask(...given);
    if (answer.status === 401 && String(given[0]).includes("_dash-update-component")) location.reload();
    return answer;
  };

  function toggleNavigation(isOpen) {
    byId("shell")?.classList.toggle("is-navigation-open", isOpen);
  }

  function openDialog(id) {
    const dialog = byId(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    if (id === "palette") startSearch();
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    const opener = target.closest("[data-opens]");
    if (opener) return openDialog(opener.dataset.opens);
    if (target.closest("[data-closes]")) return target.closest("dialog")?.close();
    const navigation = target.closest("[data-navigation]");
    if (navigation) return toggleNavigation(navigation.dataset.navigation === "open");
    /* A click on the backdrop reaches the dialog itself. */
    if (target instanceof HTMLDialogElement) target.close();
    document.querySelectorAll("details.user[open]").forEach((menu) => {
      if (!menu.contains(target)) menu.removeAttribute("open");
    });
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openDialog("palette");
    } else if (event.key === "Escape") {
      toggleNavigation(false);
    }
  });

  /* Search: pages are known here, everything else is asked for. Results are text nodes, never markup. */
  const WAIT_MS = 120;
  let timer = 0;
  let latest = 0;
  let chosen = 0;

  function startSearch() {
    const input = byId("palette-text");
    if (!input.dataset.isWired) {
      input.dataset.isWired = "true";
      input.addEventListener("input", () => {
        clearTimeout(timer);
        offerPages(input.value.trim());
        timer = setTimeout(() => search(input.value.trim()), WAIT_MS);
      });
      input.addEventListener("keydown", steer);
    }
    input.focus();
    input.select();
    search(input.value.trim());
  }

  function pagesLike(text) {
    const wanted = text.toLowerCase();
    return [...byId("palette-pages").children]
      .filter((item) => item.textContent.toLowerCase().includes(wanted))
      .map((item) => ({ name: item.textContent, detail: "", path: item.dataset.path }));
  }

  /* As the server ranks: the text is the name, begins it, or lies in it. */
  function rankOf(name, text) {
    const [whole, wanted] = [name.toLowerCase(), text.toLowerCase()];
    return whole === wanted ? 0 : whole.startsWith(wanted) ? 1 : 2;
  }

  /* Until the answer comes only pages that fit stand there: Enter must not open what was found for another text. */
  function offerPages(text) {
    latest++;
    const pages = pagesLike(text);
    if (pages.length) show([{ title: byId("palette").dataset.wordPages, items: pages }], text);
    else if (text) showMessage(byId("palette").dataset.wordUnderWay);
    else byId("palette-results").replaceChildren();
  }

  async function search(text) {
    const turn = ++latest;
    const words = byId("palette").dataset;
    const pages = pagesLike(text);
    const groups = [{ title: words.wordPages, items: pages, rank: Math.min(3, ...pages.map((item) => rankOf(item.name, text))) }];
    if (text) {
      try {
        const answer = await fetch(`/api/search?text=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
        if (answer.status === 401) return location.reload();
        if (!answer.ok) throw new Error(String(answer.status));
        groups.push(...(await answer.json()).groups);
        groups.sort((a, b) => a.rank - b.rank);
      } catch {
        if (turn === latest) showMessage(words.wordFailed);
        return;
      }
    }
    if (turn === latest) show(groups, text);
  }

  function showMessage(text) {
    const note = document.createElement("p");
    note.className = "palette-note";
    note.textContent = text;
    byId("palette-results").replaceChildren(note);
  }

  function show(groups, text) {
    const nodes = [];
    for (const { title, items } of groups) {
      if (!items.length) continue;
      const head = document.createElement("p");
      head.className = "palette-group";
      head.textContent = title;
      nodes.push(head);
      for (const item of items) {
        const link = document.createElement("a");
        link.className = "palette-item";
        link.href = item.path;
        const name = document.createElement("b");
        name.textContent = item.name;
        const detail = document.createElement("span");
        detail.textContent = item.detail;
        link.append(name, detail);
        nodes.push(link);
      }
    }
    if (!nodes.length) return showMessage(byId("palette").dataset.wordNothing.replace("{text}", text));
    byId("palette-results").replaceChildren(...nodes);
    choose(0);
  }

  function choose(index) {
    const items = [...byId("palette-results").querySelectorAll(".palette-item")];
    chosen = Math.max(0, Math.min(index, items.length - 1));
    items.forEach((item, place) => item.classList.toggle("is-chosen", place === chosen));
    items[chosen]?.scrollIntoView({ block: "nearest" });
    return items[chosen];
  }

  function steer(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(chosen)?.click();
    }
  }
})();
