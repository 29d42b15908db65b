// The page of deliveries: sends a file with its progress, and passes on what is decided in a report.
(function () {
  "use strict";

  const LARGEST = 2 ** 30;
  const FIELDS = ["dataset", "check", "period", "crs", "publisher", "layer", "wide", "lawful_basis", "replace"];
  const byId = (id) => document.getElementById(id);
  let sending = null;

  function show(text, tone, share) {
    const place = byId("upload-state");
    if (!place) return;
    const line = document.createElement("div");
    line.className = "upload-line";
    const words = document.createElement("b");
    words.textContent = text;
    line.append(words);
    if (sending && share !== undefined && share < 1) {
      const cancel = document.createElement("button");
      cancel.type = "button";
      cancel.className = "planning-small";
      cancel.textContent = byId("upload-drop").dataset.cancel;
      cancel.addEventListener("click", () => sending && sending.abort());
      line.append(cancel);
    }
    const parts = [line];
    if (share !== undefined) {
      const bar = document.createElement("div");
      bar.className = share < 1 ? "upload-bar" : "upload-bar busy";
      bar.setAttribute("role", "progressbar");
      bar.setAttribute("aria-valuenow", String(Math.round(share * 100)));
      const done = document.createElement("span");
      done.style.width = `${Math.round(share * 100)}%`;
      bar.append(done);
      parts.push(bar);
    }
    place.dataset.tone = tone;
    place.replaceChildren(...parts);
  }

  function address(file) {
    const query = new URLSearchParams({ name: file.name });
    for (const name of FIELDS) {
      const value = byId(`upload-${name}`)?.value?.trim();
      if (value) query.set(name, value);
    }
    const repairs = byId("upload-form").dataset.repairs;
    if (repairs) query.set("repairs", repairs);
    return `/api/upload?${query}`;
  }

  function send(file) {
    const drop = byId("upload-drop");
    const words = drop.dataset;
    if (sending) return;
    if (file.size > LARGEST) return show(words.large, "bad");
    const request = new XMLHttpRequest();
    sending = request;
    drop.classList.add("busy");
    const over = (text, tone) => {
      sending = null;
      drop.classList.remove("busy");
      show(text, tone);
    };
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) show(`${words.sending} ${file.name} ${Math.round((100 * event.loaded) / event.total)}%`, "plain", event.loaded / event.total);
    });
    request.upload.addEventListener("load", () => show(words.checking, "plain", 1));
    request.addEventListener("abort", () => over(words.stopped, "plain"));
    request.addEventListener("error", () => over(words.failed, "bad"));
    request.addEventListener("load", () => {
      if (request.status === 401) return location.reload();
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        return over(words.failed, "bad");
      }
      if (!answer.address) return over([answer.message, answer.fix].filter(Boolean).join(" ") || words.failed, "bad");
      const known = answer.deliveries[0].state === "duplicate" ? "&known=1" : "";
      sending = null;
      location.assign(answer.address + known);
    });
    request.open("POST", address(file));
    show(`${words.sending} ${file.name} 0%`, "plain", 0);
    request.send(file);
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#upload-choose")) {
      const input = Object.assign(document.createElement("input"), { type: "file" });
      input.accept = byId("upload-drop").dataset.endings.split(" ").join(",");
      input.addEventListener("change", () => input.files[0] && send(input.files[0]));
      input.click();
      return;
    }
    const button = event.target.closest?.("[data-upload-act]");
    if (!button || button.disabled) return;
    button.disabled = true;
    const act = button.dataset.uploadAct;
    const values = (kind, key) =>
      Object.fromEntries([...document.querySelectorAll(`[data-upload-${kind}]`)].map((field) => [field.dataset[key], field.value.trim()]).filter(([, value]) => value));
    const said = {
      act,
      delivery: new URLSearchParams(location.search).get("delivery"),
      reason: document.querySelector(`[data-upload-reason="${act}"]`)?.value || "",
      rename: values("rename", "uploadRename"),
      fill: values("fill", "uploadFill"),
      at: Date.now(),
    };
    const store = act === "approve" || act === "turn_down" ? "upload-decision" : "upload-act";
    window.dash_clientside.set_props(store, { data: said });
  });

  document.addEventListener("change", (event) => {
    if (event.target.id !== "upload-dataset") return;
    const link = byId("upload-template");
    link.hidden = event.target.value === "auto";
    link.href = `/api/template/${event.target.value}.xlsx`;
  });

  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const drop = byId("upload-drop");
      if (!drop || !event.dataTransfer?.types?.includes("Files")) return;
      event.preventDefault();
      drop.classList.toggle("over", kind !== "dragleave" && kind !== "drop" && drop.contains(event.target));
      if (kind === "drop" && event.dataTransfer.files[0]) send(event.dataTransfer.files[0]);
    });
  }

  // Where an act leads: to the report anew, or to the words of what was wrong.
  function went(answer) {
    if (answer?.address) location.assign(answer.address);
    for (const button of document.querySelectorAll("[data-upload-act]")) button.disabled = Boolean(answer?.address);
    if (answer?.error) {
      const acts = byId("upload-acts");
      const line = acts.querySelector(".refusal") || document.createElement("p");
      line.className = "refusal";
      line.setAttribute("role", "alert");
      line.textContent = answer.error;
      acts.append(line);
    }
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.upload = { went };
})();
