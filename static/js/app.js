/* Small help on top of pages that work without it. Hooked by data- attributes. */
"use strict";

/* Copy a text: <button data-copy="..." data-copied="Copied">Copy</button> */
document.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const before = button.textContent;
  button.textContent = button.dataset.copied || before;
  setTimeout(() => { button.textContent = before; }, 2000);
});

/* An open menu closes with Escape, and gives the focus back. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("header details[open]");
  if (open) { open.removeAttribute("open"); open.querySelector("summary").focus(); }
});
