/* A grid of counts that is typed like a spreadsheet: Enter and the arrows move, F2 lets the arrows move within a cell,
   Ctrl + Enter stores, a copied block is pasted, sums follow.
   Without this file it is a plain form. <form data-grid> with inputs that carry data-column, and cells with data-sum. */
"use strict";

document.querySelectorAll("form[data-grid]").forEach((form) => {
  const rows = [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input[data-column]")]);
  const places = new Map(rows.flatMap((row, y) => row.map((input, x) => [input, { x, y }])));
  const dash = "\u2013";
  let edited = null;
  document.querySelectorAll("[data-keys]").forEach((help) => { help.hidden = false; });

  const go = (x, y) => {
    const input = rows[y] && rows[y][x];
    if (!input) return false;
    input.focus();
    input.select();
    return true;
  };

  /* The same numbers as the server understands: figures with or without blanks between them. */
  const count = (input) => {
    const text = input.value.replace(/\s/g, "");
    return /^\d+$/.test(text) ? Number(text) : null;
  };

  const sum = (x) => {
    const known = rows.map((row) => count(row[x])).filter((value) => value !== null);
    const total = known.reduce((one, other) => one + other, 0);
    const shown = String(total).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    form.querySelector(`[data-sum="${x}"]`).textContent = known.length ? shown : dash;
  };

  form.addEventListener("input", (event) => {
    const place = places.get(event.target);
    if (place) sum(place.x);
  });

  form.addEventListener("keydown", (event) => {
    const place = places.get(event.target);
    if (!place || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "Enter") { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.key === "F2") {
      edited = event.target;
      edited.setSelectionRange(edited.value.length, edited.value.length);
      return;
    }
    const { x, y } = place;
    const moves = {
      Enter: () => { go(x, event.shiftKey ? y - 1 : y + 1); return true; },
      ArrowDown: () => go(x, y + 1),
      ArrowUp: () => go(x, y - 1),
      ArrowLeft: () => !event.shiftKey && edited !== event.target && go(x - 1, y),
      ArrowRight: () => !event.shiftKey && edited !== event.target && go(x + 1, y),
    };
    if (moves[event.key] && moves[event.key]()) event.preventDefault();
  });

  form.addEventListener("focusin", (event) => {
    edited = null;
    if (places.has(event.target)) event.target.select();
  });

  form.addEventListener("paste", (event) => {
    const place = places.get(event.target);
    const text = event.clipboardData.getData("text").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!place || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const changed = new Set();
    text.split("\n").forEach((line, down) => line.split("\t").forEach((part, across) => {
      const input = rows[place.y + down] && rows[place.y + down][place.x + across];
      if (!input) return;
      input.value = part.trim();
      changed.add(place.x + across);
    }));
    changed.forEach(sum);
  });
});
