/* Small help on top of pages that work without it. Hooked by data- attributes. */
"use strict";

/* Copy a text: <button data-copy="..." data-copied="Copied">Copy</button> */
document.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const said = button.dataset.copied || button.textContent;
  document.dispatchEvent(new CustomEvent("toast", { detail: said }));
  if (button.dataset.isCopied) return;
  button.dataset.isCopied = "1";
  const before = [...button.childNodes];
  button.replaceChildren(said);
  setTimeout(() => { button.replaceChildren(...before); delete button.dataset.isCopied; }, 2000);
});

/* Print this page: <button data-print hidden>Print</button> */
document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });

/* An open menu closes with Escape, and gives the focus back. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("header details[open]");
  if (open) { open.removeAttribute("open"); open.querySelector("summary").focus(); }
});

/* Small confirmations: never for what matters, for they go away by themselves. Said aloud where they appear. */
(() => {
  const place = document.getElementById("toasts");
  if (!place) return;
  const show = (text) => {
    const toast = document.createElement("p");
    toast.className = "kk-toast";
    toast.textContent = text;
    place.append(toast);
    const leave = () => { if (toast.matches(":hover")) setTimeout(leave, 2000); else toast.remove(); };
    setTimeout(leave, Math.max(6000, text.length * 90));
  };
  document.querySelectorAll("[data-toast]").forEach((notice) => {
    notice.hidden = true;
    /* A region that changes after the page has loaded is read; one that came with it is not. */
    setTimeout(() => show(notice.textContent.trim()), 200);
  });
  document.addEventListener("toast", (event) => show(event.detail?.value ?? String(event.detail)));
})();
