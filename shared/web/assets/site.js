// What pages do beyond plain HTML: drafts are saved during typing, unsaved work is guarded, errors get the focus.
const problem = document.getElementById("problem");
if (problem) problem.focus();

for (const link of document.querySelectorAll(".summary a[href^='#']")) {
  link.addEventListener("click", (event) => {
    const target = document.getElementById(link.hash.slice(1));
    const control = target && (target.matches("input, select, textarea") ? target : target.querySelector("input:not([type=hidden]), select, textarea, button"));
    if (control) { event.preventDefault(); control.focus(); control.scrollIntoView({ block: "center" }); }
  });
}

// Unsaved work: the browser asks before it leaves the page, also if another form of the page is sent.
const unsaved = new Set();
let leaving;
for (const form of document.querySelectorAll("form[data-guard]")) {
  if (form.dataset.guard) unsaved.add(form); // it is shown again with what was typed
  form.addEventListener("input", () => { unsaved.add(form); });
  form.addEventListener("submit", () => { if (unsaved.delete(form)) leaving = form; });
}
addEventListener("beforeunload", (event) => {
  if (!unsaved.size) return;
  event.preventDefault();
  if (leaving) unsaved.add(leaving); // the person stays
  for (const form of document.forms) delete form.dataset.sent;
});

// One press is one request.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "true";
    setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
}

// A button that was pressed before the log-in is pressed again after it.
for (const form of document.querySelectorAll("form[data-resume]")) form.requestSubmit();

// Drafts: two seconds after the last key the form is sent as it is; the answer has the new version.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const state = document.querySelector("[data-draft-state]");
  let timer, saving, typed = 0;
  form.addEventListener("input", () => { typed += 1; clearTimeout(timer); timer = setTimeout(start, 2000); });
  // A draft on its way has the version that the form would send: the form waits for the new one.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!saving) return;
    event.preventDefault();
    delete form.dataset.sent;
    saving.then(() => form.requestSubmit(event.submitter));
  });
  async function start() {
    if (saving) await saving;
    saving = save();
    await saving;
    saving = undefined;
  }
  async function save() {
    const sent = new FormData(form), before = typed;
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent), headers: { Accept: "application/json" } });
    } catch { return say("failed"); }
    if (!answer.ok) return say("failed");
    const version = (answer.headers.get("ETag") || "").replace(/[^0-9]/g, "");
    const field = form.elements.namedItem("_version");
    if (version && field) field.value = version;
    if (typed === before) unsaved.delete(form);
    say("saved");
  }
  function say(what) { if (state) state.textContent = state.dataset[what] || ""; }
}

// A menu closes with Escape, and when the focus or a click goes elsewhere.
for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); } });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false; });
}

// Buttons that share or copy the address of the page.
for (const button of document.querySelectorAll("button[data-share]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const page = { title: document.title, url: location.href };
    if (navigator.share) return navigator.share(page).catch(() => {});
    await navigator.clipboard.writeText(page.url);
    button.textContent = button.dataset.share;
  });
}

// Numbers that another service knows: the page shows them when they arrive.
for (const place of document.querySelectorAll("[data-count]")) {
  fetch(place.dataset.count, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : {}))
    .then((found) => { const number = found[place.dataset.field]; if (number !== undefined) { place.textContent = number; place.hidden = false; } })
    .catch(() => {});
}
