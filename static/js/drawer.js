/* A drawer that htmx fills with the fragment of a page: it opens when the fragment has come. Escape, focus and its
   return are the dialog's own. Without script the link leads to the page itself. */
"use strict";

document.addEventListener("htmx:after:swap", (event) => {
  const ctx = event.detail && event.detail.ctx;
  const target = ctx && ctx.target;
  const drawer = target instanceof Element && target.closest("dialog[data-drawer]");
  if (!drawer || drawer.open) return;
  drawer.showModal();
  target.scrollTop = drawer.scrollTop = 0;
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-drawer-close]");
  if (button) button.closest("dialog").close();
});
