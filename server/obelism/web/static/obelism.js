// The page works without this file. It keeps the paragraphs of a pasted page, says that work is going
// on, and shows which note belongs to the sentence under the pointer.
const form = document.getElementById("ask");
const text = document.getElementById("text");
const html = document.getElementById("html");
let pasted = null;

text.addEventListener("paste", (event) => {
  const rich = event.clipboardData?.getData("text/html");
  const whole = text.selectionEnd - text.selectionStart === text.value.length;
  pasted = null;
  if (!rich || !whole) return;
  // The field shows plain text; the HTML goes along as long as nobody edits it.
  setTimeout(() => {
    pasted = { shown: text.value, rich };
  });
});

form.addEventListener("submit", (event) => {
  html.value = pasted && pasted.shown === text.value ? pasted.rich : "";
  const button = event.submitter;
  if (!button?.dataset.working) return;
  button.textContent = button.dataset.working;
  // Not before the form's data are gathered: a disabled button sends nothing.
  setTimeout(() => {
    button.disabled = true;
  });
});

// Coming back by the browser's history shows the page as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

for (const mark of document.querySelectorAll(".mark")) {
  const note = document.querySelector(mark.hash);
  if (!note) continue;
  for (const [from, to] of [[mark, note], [note, mark]]) {
    from.addEventListener("pointerenter", () => to.classList.add("near"));
    from.addEventListener("pointerleave", () => to.classList.remove("near"));
  }
}
