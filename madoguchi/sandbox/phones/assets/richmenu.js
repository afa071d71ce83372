// The rich menu under a chat: an image with areas, opened and closed by the chat bar, its tabs switched without a flash.
import { act } from "./actions.js";
import * as api from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { button } from "./sheet.js";
import { t } from "./words.js";

export class RichMenu {
  constructor(chat) {
    this.chat = chat;
    this.menu = null;
    this.writing = false;
    this.picture = h("div", { class: "menu-picture", hidden: true });
    this.name = h("button", { type: "button", class: "menu-bar-name", "aria-expanded": "false", onclick: () => this.open(this.picture.hidden) });
    this.bar = h(
      "div",
      { class: "menu-bar", hidden: true },
      button("keyboard", t("menu.keyboard"), () => {
        this.toText(true);
        chat.composer.focus();
      }),
      this.name,
    );
    this.element = h("div", { class: "rich-menu" }, this.picture, this.bar);
  }

  /** Take over what the emulator says; a chat that opens shows the menu when the menu wants it. */
  show(menu, opening) {
    const print = JSON.stringify(menu);
    const changed = this.print !== print;
    const before = this.menu;
    this.print = print;
    this.menu = menu;
    if (changed && menu) this.#draw();
    if (!menu || this.chat.state.friendship === "blocked") this.#close();
    else if (opening && this.chat.composer.box.value) this.toText(true);
    else if (opening || (changed && !before)) this.open(menu.selected);
    this.#arrange();
  }

  open(open) {
    if (!this.menu) return;
    this.picture.hidden = !open;
    if (open) this.writing = false;
    this.#arrange();
  }

  #close() {
    this.picture.hidden = true;
    this.writing = false;
  }

  /** Between the chat bar and the writing box; without a menu there is only the box. */
  toText(writing) {
    if (!this.menu) return;
    this.writing = writing;
    if (writing) this.picture.hidden = true;
    this.#arrange();
  }

  #arrange() {
    const menu = Boolean(this.menu);
    const open = !this.picture.hidden;
    this.bar.hidden = !menu || this.writing;
    this.chat.composer.element.hidden = menu && !this.writing;
    this.chat.composer.menuSwitch.hidden = !menu;
    this.name.setAttribute("aria-expanded", String(open));
    if (menu) this.name.replaceChildren(this.menu.chatBarText || t("menu"), icon(open ? "down" : "up", 16));
  }

  #draw() {
    const { imageUrl, size, areas } = this.menu;
    const share = (part, whole) => `${(part / whole) * 100}%`;
    const image = h("img", { src: imageUrl, alt: "", draggable: "false" });
    const draw = () => {
      const had = [...this.picture.children].indexOf(document.activeElement);
      this.picture.replaceChildren(
        image,
        ...areas.map(({ bounds, action }, index) =>
          h("button", {
            type: "button",
            "aria-label": action.label ?? action.displayText ?? action.text ?? t("menu.area", { number: index + 1 }),
            style: {
              "inset-inline-start": share(bounds.x, size.width),
              "inset-block-start": share(bounds.y, size.height),
              "inline-size": share(bounds.width, size.width),
              "block-size": share(bounds.height, size.height),
            },
            onclick: () => this.#tap(action, index),
          }),
        ),
      );
      // Whoever turns the page by keyboard stays in the menu.
      if (had > 0) this.picture.children[Math.min(had, areas.length)]?.focus({ preventScroll: true });
    };
    this.picture.style.setProperty("aspect-ratio", `${size.width} / ${size.height}`);
    // The old tab stays until the new one is there.
    image.decode().then(draw, draw);
  }

  #tap(action, areaIndex) {
    if (action.type === "richmenuswitch") this.switchTo(action, areaIndex);
    else act(this.chat, action);
  }

  /** Another tab: the emulator knows which menu the alias stands for, and tells the account. */
  async switchTo(action, areaIndex) {
    const { personId, channelId } = this.chat;
    try {
      await api.tapRichMenu(personId, channelId, { areaIndex });
      this.chat.changed(null);
    } catch (error) {
      this.chat.phone.failed(error);
    }
  }
}
