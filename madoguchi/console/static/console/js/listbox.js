// Choosing from a list while typing: arrows move, Enter chooses. The field names its list by aria-controls.
(() => {
  const listOf = (field) => document.getElementById(field.getAttribute("aria-controls") ?? "");
  const options = (list) => [...(list?.querySelectorAll("[role=option]:not([hidden])") ?? [])];

  const isBehind = (field, list) => field.hasAttribute("hx-get") && field.value !== (list.dataset.answers ?? "");

  function select(list, option) {
    for (const each of options(list)) each.setAttribute("aria-selected", each === option);
    const field = document.querySelector(`[aria-controls="${list.id}"]`);
    if (option) field?.setAttribute("aria-activedescendant", option.id);
    option?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const list = event.target.matches?.("[aria-controls]") ? listOf(event.target) : null;
    const all = options(list);
    if (!all.length || list.closest("[hidden]")) return;
    const here = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) select(list, all[(here + by + all.length) % all.length]);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      // What is listed may still answer fewer letters: then the choice waits for the answer.
      if (isBehind(event.target, list)) list.dataset.chosen = event.target.value;
      else all[Math.max(here, 0)].click();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("htmx:afterSettle", (event) => {
    const list = event.target.closest?.("[role=listbox]");
    if (!list) return;
    const field = document.querySelector(`[aria-controls="${list.id}"]`);
    const first = options(list)[0];
    select(list, first);
    list.dataset.answers = event.detail.requestConfig?.parameters?.q ?? "";  // not what the field says by now
    if (list.dataset.answers !== field?.value) return;
    if (list.dataset.chosen === field.value) first?.click();
    delete list.dataset.chosen;
  });
  document.addEventListener("opened", (event) => {
    const field = event.target.querySelector("[role=combobox]");
    if (!field) return;
    field.value = "";
    field.focus();
    htmx.trigger(field, "palette");
  });
  document.addEventListener("submit", (event) => event.target.matches("[data-listbox]") && event.preventDefault());
})();
