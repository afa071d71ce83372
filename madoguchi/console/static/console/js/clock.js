// Times that go on by themselves: how long a customer has waited, and how long an answer is still free.
(() => {
  const { dataset: words } = document.body;
  const UNITS = [["waitDays", 86_400], ["waitHours", 3_600], ["waitMinutes", 60]];

  function waited(seconds) {
    const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? ["waitMoment", 1];
    return words[unit].replace("{n}", Math.floor(seconds / length));
  }

  function set(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function tick() {
    const now = Date.now() / 1_000;
    for (const element of document.querySelectorAll("[data-waiting]")) {
      const seconds = Math.max(0, now - element.dataset.waiting);
      set(element, waited(seconds));
      element.dataset.urgency = seconds >= words.late ? "late" : seconds >= words.soon ? "soon" : "";
    }
    for (const element of document.querySelectorAll("[data-until]")) {
      const left = Math.ceil(element.dataset.until - now);
      const isOver = left <= 0;
      element.hidden = isOver;
      element.parentElement.classList.toggle("free", !isOver);
      element.parentElement.querySelector("[data-afterwards]").hidden = !isOver;
      if (!isOver) set(element, element.dataset.words.replace("{n}", left));
    }
  }
  setInterval(tick, 1_000);
  document.addEventListener("htmx:afterSettle", tick);
  tick();
})();
