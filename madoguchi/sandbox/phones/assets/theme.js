// Light, dark, or as the system says. A classic script in the head, so that the first paint is already right.
"use strict";

(() => {
  const root = document.documentElement;
  const ways = ["auto", "light", "dark"];
  const drawings = {
    auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 8l5-2M12 12h8M12 16l5 2",
    light: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500L19 19M5 19l1.500-1.500M17.500 6.500L19 5",
    dark: "M20 14a8 8 0 0 1-10-10 8 8 0 1 0 10 10z",
  };
  let way = "auto";
  try {
    way = localStorage.getItem("sandbox-theme") || "auto";
  } catch {
    // Storage may be closed to us; the choice then lasts as long as the page.
  }

  function show() {
    root.dataset.theme = way;
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.innerHTML = `<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="${drawings[way]}"/></svg>`;
    }
  }

  show();
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    way = ways[(ways.indexOf(way) + 1) % ways.length];
    try {
      localStorage.setItem("sandbox-theme", way);
    } catch {
      // As above.
    }
    show();
  });
})();
