/* Show a password while it is written: <button hidden data-reveal="id of the field" data-hide="Hide">Show</button> */
"use strict";

document.querySelectorAll("[data-reveal][hidden]").forEach((button) => {
  const field = document.getElementById(button.dataset.reveal);
  if (!field) return;
  const show = button.textContent;
  const turn = (isShown) => {
    field.type = isShown ? "text" : "password";
    button.textContent = isShown ? button.dataset.hide : show;
  };
  button.hidden = false;
  button.addEventListener("click", () => turn(field.type === "password"));
  /* Sent, or left and come back to: the browser must not keep it as ordinary text. */
  field.form?.addEventListener("submit", () => turn(false));
  window.addEventListener("pagehide", () => turn(false));
});
