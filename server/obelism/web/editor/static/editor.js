// The pages work without this file. It adds and removes rows without a round trip, saves on Ctrl+S, and
// asks before what was typed is left behind.
const form = document.querySelector("form[data-unsaved]");

function numbered(fragment, number) {
  for (const element of fragment.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes("NUMBER")) element.setAttribute(name, value.replace("NUMBER", number));
    }
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) node.data = node.data.replace("NUMBER", String(number + 1));
    }
  }
  return fragment;
}

function nextNumber(rows) {
  const used = [...rows.querySelectorAll("[name]")].map((field) => Number(/-(\d+)-/.exec(field.name)?.[1]));
  return Math.max(-1, ...used.filter(Number.isInteger)) + 1;
}

function add(button) {
  const group = button.dataset.add;
  const rows = form.querySelector(`[data-rows="${group}"]`);
  const fresh = form.querySelector(`template[data-fresh="${group}"]`);
  rows.append(numbered(fresh.content.cloneNode(true), nextNumber(rows)));
  rows.lastElementChild.querySelector("input, textarea").focus();
}

function remove(button) {
  const row = button.closest("[data-row]");
  const next = form.querySelector(`[data-add="${row.dataset.row}"]`);
  row.remove();
  next.focus();
}

if (form) {
  let changed = Boolean(document.querySelector(".problem, .judged"));
  form.addEventListener("input", () => {
    changed = true;
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-add], button[data-remove]");
    if (!button) return;
    event.preventDefault();
    changed = true;
    if (button.dataset.add) add(button);
    else remove(button);
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector('button[value="save"]'));
  });
}
