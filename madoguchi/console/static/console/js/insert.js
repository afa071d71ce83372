// The list above the message box: quick phrases by "/" or its button, colleagues by "@" in a note.
(() => {
  const field = () => document.getElementById("composer-text");
  const popup = () => document.getElementById("insert-popup");
  const isNote = () => document.querySelector("#composer [value=note]")?.checked;
  let kind = "", begin = 0, latest = 0;

  function close() {
    kind = "";
    if (popup()) popup().hidden = true;
    field()?.removeAttribute("aria-controls");
  }

  async function open(which, from) {
    [kind, begin] = [which, from];
    const box = field(), asked = ++latest;
    const words = box.value.slice(from, box.selectionStart).replace(/^[/@]/, "");
    const answer = await fetch(`${box.dataset[which]}?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || asked !== latest || kind !== which) return;
    const list = document.createElement("div");
    list.id = "insert-options";
    list.className = "options";
    list.setAttribute("role", "listbox");
    list.innerHTML = await answer.text();
    popup().replaceChildren(list);
    popup().hidden = false;
    box.setAttribute("aria-controls", list.id);
  }

  function insert(option) {
    const box = field();
    box.setRangeText(option.dataset.insertText, begin, box.selectionStart, "end");
    if (option.dataset.mention) {
      const mentioned = document.querySelector("#composer [name=mentioned]");
      mentioned.value = `${mentioned.value} ${option.dataset.mention}`.trim();
    }
    close();
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("input", (event) => {
    if (event.target !== field()) return;
    const before = event.target.value.slice(0, event.target.selectionStart);
    const mention = isNote() && /(^|\s)@[^\s@]{0,20}$/.exec(before);
    if (mention) open("colleagues", before.lastIndexOf("@"));
    else if (!isNote() && /^\/[^\s/]{0,20}$/.test(before)) open("phrases", 0);
    else if (kind) close();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]"), option = event.target.closest("[data-insert-text]");
    if (option) return insert(option);
    if (!button) return void (event.target.closest("#insert-popup") || event.target === field() || close());
    field().focus();
    if (button.dataset.insert === kind) close();
    else open(button.dataset.insert, field().selectionStart);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !kind) return;
    event.stopPropagation();
    close();
  }, true);
})();
