// Under a finger a list stands still: rows that are replaced or change places while they are pressed would make a tap open
// another one, or none. What came meanwhile is fetched when the finger is up.
(() => {
  const AFTER_PRESS = 100; // milliseconds until the click that belongs to it has happened
  let pressed = null, hasMissed = false;

  function release() {
    pressed = null;
    if (hasMissed) document.body.dispatchEvent(new CustomEvent("queue-changed"));
    hasMissed = false;
  }

  document.addEventListener("pointerdown", (event) => (pressed = event.target.closest("[data-still]")));
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => pressed && setTimeout(release, AFTER_PRESS));
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!pressed || event.target !== pressed) return;
    event.detail.shouldSwap = false;
    hasMissed = true;
  });
})();
