// Rows that can be taken by their grip and put elsewhere. Putting one down sends the same form as the row's own arrows.
(() => {
  let row, begun;

  document.addEventListener("pointerdown", (event) => {
    const grip = event.button === 0 && event.target.closest("[data-grip]");
    if (!grip) return;
    event.preventDefault();
    row = grip.closest("[data-rule]");
    begun = row.nextElementSibling;
    row.classList.add("dragged");
    grip.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (!row) return;
    const others = [...row.parentElement.children].filter((other) => other !== row);
    const below = others.find((other) => {
      const box = other.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    if ((below ?? null) !== row.nextElementSibling) row.parentElement.insertBefore(row, below ?? null);
  });

  function putDown(isMeant) {
    if (!row) return;
    const [moved, list] = [row, row.parentElement];
    row = undefined;
    moved.classList.remove("dragged");
    if (!isMeant) return void list.insertBefore(moved, begun);
    if (moved.nextElementSibling === begun) return;
    const next = moved.nextElementSibling, field = next ? "before" : "after";
    const form = moved.querySelector(`[name=${field}]`).form;
    form.elements[field].value = (next ?? moved.previousElementSibling).dataset.rule;
    form.requestSubmit();
  }
  document.addEventListener("pointerup", () => putDown(true));
  document.addEventListener("pointercancel", () => putDown(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && putDown(false));
})();
