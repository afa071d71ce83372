// What slides over a phone's screen: menus, questions, pickers, the picture viewer. Only one at a time, closed by Escape.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

/**
 * Show `content` over the phone; → a function that closes it. What had the focus gets it back.
 * `kind` is its style: `panel` from below, `menu` in the middle, `full` the whole screen.
 */
export function cover(phone, { label, kind = "panel", closed = () => {} }, ...content) {
  phone.uncover?.();
  const before = document.activeElement;
  const dialog = h("div", { class: kind, role: "dialog", "aria-modal": "true", "aria-label": label, tabindex: "-1" }, ...content);
  const shade = h("div", { class: `cover cover-${kind}` }, dialog);
  const close = () => {
    if (phone.uncover !== close) return;
    phone.uncover = null;
    phone.view.inert = false;
    shade.remove();
    closed();
    if (phone.view.contains(before)) before.focus({ preventScroll: true });
  };
  shade.addEventListener("click", (event) => event.target === shade && close());
  shade.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Tab") stay(event, dialog);
  });
  phone.uncover = close;
  phone.view.inert = true;
  phone.screen.append(shade);
  (dialog.querySelector("[autofocus]") ?? dialog).focus({ preventScroll: true });
  return close;
}

/** Keep the focus inside the dialog. */
function stay(event, dialog) {
  const stops = [...dialog.querySelectorAll("button, a[href], input, textarea, [tabindex='0']")].filter((one) => !one.disabled);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge && dialog !== document.activeElement) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}

/** A panel with a title and a close button. */
export function panel(phone, title, ...content) {
  const close = cover(
    phone,
    { label: title },
    h("header", { class: "panel-head" }, h("b", {}, title), button("close", t("close"), () => close())),
    ...content,
  );
  return close;
}

/** A menu of actions: `[{icon, label, run, danger}]`. */
export function menu(phone, label, entries) {
  const close = cover(
    phone,
    { label, kind: "menu" },
    entries.map(({ icon: name, label: text, run, danger }, index) =>
      h(
        "button",
        {
          type: "button",
          class: danger ? "danger" : null,
          autofocus: index === 0,
          onclick: () => {
            close();
            run();
          },
        },
        icon(name, 20),
        text,
      ),
    ),
  );
}

/** Ask before something that cannot be taken back; → true when confirmed. */
export function confirm(phone, question, yes, { danger = true } = {}) {
  return new Promise((answer) => {
    const done = (value) => {
      answer(value);
      close();
    };
    const close = cover(
      phone,
      { label: question, kind: "alert", closed: () => answer(false) },
      h("p", {}, question),
      h(
        "div",
        { class: "alert-actions" },
        h("button", { type: "button", onclick: () => done(false) }, t("cancel")),
        h("button", { type: "button", class: danger ? "danger" : null, autofocus: true, onclick: () => done(true) }, yes),
      ),
    );
  });
}

/** A short sentence at the lower edge that goes away by itself. */
export function toast(phone, text) {
  phone.screen.querySelector(".toast")?.remove();
  const note = h("p", { class: "toast", role: "status" }, text);
  phone.screen.append(note);
  setTimeout(() => note.remove(), 3200);
}

/** A button that is only an icon. */
export function button(name, label, onclick, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props }, icon(name));
}
