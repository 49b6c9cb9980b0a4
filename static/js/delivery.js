/* The page asks by itself whether something has happened, but not while somebody is filling in an answer on it. */
"use strict";

document.addEventListener("htmx:before:request", (event) => {
  const part = event.target.closest("#delivery");
  if (part && event.target === part && part.querySelector("details[open] form")) event.preventDefault();
});
