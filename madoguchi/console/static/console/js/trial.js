// Beside a trial the rules themselves show which of them passed the message on, and which one took it.
document.addEventListener("htmx:afterSettle", () => {
  const tried = new Map([...document.querySelectorAll("[data-tried]")].map((step) => [step.dataset.tried, step]));
  for (const rule of document.querySelectorAll("[data-rule]")) {
    const step = tried.get(rule.dataset.rule);
    rule.classList.toggle("taken", Boolean(step?.matches(".takes")));
    rule.classList.toggle("passed", Boolean(step?.matches(".passes")));
  }
});
