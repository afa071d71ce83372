// The message box: it is never replaced while a thread is open, its text survives everything, and one click is one message.
(() => {
  const form = () => document.getElementById("composer");
  const mode = (box) => box.querySelector("[name=mode]:checked")?.value ?? "reply";
  const key = (box) => `draft:${box.dataset.draft}:${mode(box)}`;
  const text = (box) => box.elements.namedItem("text");
  let sent = { key: "", text: "" }, tried = "";

  function update(box) {
    const field = text(box), limit = Number(box.dataset.limit), counter = box.querySelector("#counter");
    const isNote = mode(box) === "note";
    field.placeholder = isNote ? field.dataset.notePlaceholder : field.dataset.replyPlaceholder;
    counter.hidden = field.value.length < limit * 0.8; // JavaScript counts in UTF-16 units, as LINE does
    counter.value = `${field.value.length.toLocaleString()} / ${limit.toLocaleString()}`;
    counter.classList.toggle("over", field.value.length > limit);
    const isAllowed = box.querySelector("#composer-state").dataset.maySend === "yes";
    const isEmpty = !field.value.trim() && (isNote || !box.elements.namedItem("files").files.length);
    for (const button of box.querySelectorAll("[data-send]"))
      button.disabled = isEmpty || field.value.length > limit || (button.dataset.send === "reply" && !isAllowed);
  }

  function restore(box) {
    text(box).value = localStorage.getItem(key(box)) ?? "";
    update(box);
  }

  function quote(box, id, words) {
    box.elements.namedItem("quoted").value = id;
    const sign = box.querySelector(".quoting");
    sign.hidden = !id;
    sign.querySelector("span").textContent = words;
    if (id) text(box).focus();
  }

  // Not randomUUID, which browsers offer behind https only.
  function renew(box) {
    const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
    box.elements.namedItem("client_key").value = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    tried = "";
  }

  // The same once more is the same message, should the answer to the first try have been lost. Something else is another.
  function keyFor(box) {
    const files = [...box.elements.namedItem("files").files].map((file) => [file.name, file.size, file.lastModified]);
    const now = JSON.stringify([key(box), text(box).value, files]);
    if (tried && tried !== now) renew(box);
    tried = now;
    return box.elements.namedItem("client_key").value;
  }

  // The server has it: what was sent goes, what was typed meanwhile stays.
  function accept(box) {
    localStorage.removeItem(sent.key);
    if (sent.key === key(box) && text(box).value.startsWith(sent.text)) text(box).value = text(box).value.slice(sent.text.length).trimStart();
    renew(box);
    box.elements.namedItem("mentioned").value = "";
    quote(box, "", "");
    box.dispatchEvent(new CustomEvent("cleared"));
    update(box);
    document.getElementById("messages-scroll").scrollTop = 0;
  }

  document.addEventListener("input", (event) => {
    const box = event.target.closest("#composer");
    if (!box || event.target.name !== "text") return;
    event.target.value ? localStorage.setItem(key(box), event.target.value) : localStorage.removeItem(key(box));
    update(box);
  });
  document.addEventListener("change", (event) => {
    const box = event.target.closest("#composer");
    if (event.target.name === "mode") restore(box);
    if (box) update(box);
  });
  document.addEventListener("click", (event) => {
    const box = form();
    if (!box) return;
    if (event.target.closest("label[data-key]") && box.contains(event.target)) text(box).focus();
    const asked = event.target.closest("[data-quote]");
    if (asked) quote(box, asked.dataset.quote, asked.dataset.quoteText);
    if (event.target.closest("[data-unquote]")) quote(box, "", "");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.closest("#composer")) return;
    event.preventDefault();
    form().querySelector(`[data-send=${mode(form())}]`).click();
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.matches("[data-send]")) event.detail.parameters.client_key = keyFor(form());
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("[data-send]")) sent = { key: key(form()), text: text(form()).value };
  });
  document.addEventListener("written", () => form() && accept(form()));
  document.addEventListener("htmx:afterSettle", (event) => {
    const box = form();
    if (!box) return;
    if (event.target.id === "content") restore(box);
    else update(box);
  });
  if (form()) restore(form());
})();
