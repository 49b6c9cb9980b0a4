/* The composer counts while one types, by the channel's rule that the server counts by too: characters of the text as
   it is published, with its tracked link. The server counts again and has the last word. */
"use strict";

(() => {
  const textarea = document.querySelector("[data-count-to]");
  if (!textarea) return;

  const length = () => {
    const { countLink, countPlaces } = textarea.dataset;
    const text = textarea.value.trim();
    if (!text) return 0;
    let count = [...text].length;
    let hasPlace = false;
    for (const place of countPlaces.split(",")) {
      const found = text.split(place).length - 1;
      if (found) hasPlace = true;
      count += found * (Number(countLink) - place.length);
    }
    const isCard = document.querySelector('input[name="kind"]:checked')?.value === "card";
    return hasPlace || isCard ? count : count + 2 + Number(countLink);
  };

  const show = () => {
    const counter = document.getElementById(textarea.dataset.countTo);
    if (!counter) return;
    const count = length();
    const isOver = count > Number(textarea.dataset.countMax);
    counter.textContent = counter.dataset.template.replace("{n}", count.toLocaleString("nb-NO"));
    counter.classList.toggle("kk-over", isOver);
    counter.classList.toggle("muted", !isOver);
  };

  textarea.addEventListener("input", show);
  document.addEventListener("change", (event) => { if (event.target.name === "kind") show(); });

  /* A picture chosen among the stored ones shows in the preview at once. */
  document.addEventListener("change", (event) => {
    if (!event.target.matches(".kk-picture input")) return;
    const image = event.target.closest(".kk-picture").querySelector("img");
    const preview = document.querySelector("#preview .kk-prev");
    let shown = preview.querySelector("img.pic");
    if (!image) { if (shown) shown.remove(); return; }
    if (!shown) {
      shown = document.createElement("img");
      shown.className = "pic";
      preview.insertBefore(shown, preview.querySelector(".card"));
    }
    shown.src = image.src;
    shown.alt = image.alt;
  });
})();
