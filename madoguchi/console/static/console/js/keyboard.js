// Keys. An element says data-key="t" or data-key="g m"; pressing that presses the element. base/shortcuts.py lists all.
(() => {
  const PAUSE = 1_200;
  let begun = "", timer;

  const isTyping = (element) => element?.closest?.("input:not([type=radio], [type=checkbox]), textarea, select");
  const isUsable = (element) => !element.disabled && (element.getClientRects().length || element.closest("details:not([open])"));
  const find = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isUsable);

  function press(key) {
    const element = find(key);
    if (!element) return false;
    element.matches("input") ? element.select() : element.click();
    element.matches("input") && element.focus();
    return true;
  }

  function step(by) {
    const rows = [...document.querySelectorAll("[data-row]")];
    const here = rows.indexOf(document.activeElement.closest("[data-row]") ?? document.querySelector("[data-row][aria-current]"));
    const row = rows[Math.min(Math.max(here + by, 0), rows.length - 1)];
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
    return Boolean(row);
  }

  function handle(key) {
    const whole = begun ? `${begun} ${key}` : key;
    begun = "";
    clearTimeout(timer);
    if (press(whole)) return true;
    if (whole === "j") return step(1);
    if (whole === "k") return step(-1);
    if (whole !== "g") return false;
    begun = "g";
    timer = setTimeout(() => (begun = ""), PAUSE);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // an input method is at work
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      document.dispatchEvent(new CustomEvent("open-dialog", { detail: "palette" }));
    } else if (event.key === "Escape" && isTyping(event.target) && !event.target.closest("dialog")) {
      event.target.blur();
    } else if (!event.metaKey && !event.ctrlKey && !event.altKey && !isTyping(event.target) && !document.querySelector("dialog[open]")) {
      if (handle(event.key)) event.preventDefault();
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-press]");
    if (!button) return;
    button.closest("dialog")?.close();
    press(button.dataset.press);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const entry of document.querySelectorAll("#palette [data-press]")) entry.hidden = !find(entry.dataset.press);
  });
})();
