// Writing: the box, what is quoted, stickers, and everything behind the plus.
import * as actions from "./actions.js";
import { shoot } from "./camera.js";
import { avatar, h } from "./dom.js";
import { icon } from "./icons.js";
import { summary } from "./log.js";
import { button } from "./sheet.js";
import { sticker, STICKERS } from "./stickers.js";
import { record } from "./voice.js";
import { t } from "./words.js";

const ACCEPTS = { image: "image/*", video: "video/*", audio: "audio/*", file: "" };

export class Composer {
  constructor(chat) {
    this.chat = chat;
    this.quoted = null;
    this.tray = h("div", { class: "tray", hidden: true });
    this.quoteBar = h("div", { class: "quote-bar", hidden: true });
    this.file = h("input", { type: "file", hidden: true, onchange: () => this.#picked() });
    this.box = h("textarea", {
      rows: 1,
      placeholder: "Aa",
      "aria-label": t("compose"),
      value: chat.phone.drafts.get(chat.channelId) ?? "",
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
      onpaste: (event) => this.#pasted(event),
      onfocus: () => this.#openTray(null),
    });
    this.go = h("button", { type: "submit", class: "go", "aria-label": t("send"), title: t("send"), hidden: true }, icon("send", 22));
    this.menuSwitch = button("menu", t("menu.open"), () => chat.richMenu.toText(false), { hidden: true, class: "icon-button menu-switch" });
    this.buttons = {
      plus: button("plus", t("attach"), () => this.#openTray("plus"), { "aria-expanded": "false" }),
      smile: button("smile", t("stickers"), () => this.#openTray("stickers"), { "aria-expanded": "false" }),
    };
    this.form = h(
      "form",
      { onsubmit: (event) => this.#submit(event) },
      this.menuSwitch,
      this.buttons.plus,
      button("picture", t("attach.image"), () => this.pick("image"), { class: "icon-button roomy" }),
      h("div", { class: "box" }, this.box, this.buttons.smile),
      this.go,
    );
    this.element = h("div", { class: "composer" }, this.quoteBar, this.form, this.tray, this.file);
    this.#typed();
  }

  entered() {
    if (matchMedia("(hover: hover)").matches) this.focus();
    this.#typed();
  }

  left() {
    this.chat.phone.drafts.set(this.chat.channelId, this.box.value);
  }

  focus() {
    this.box.focus({ preventScroll: true });
  }

  /** Lay text into the box for the person to look at and send. */
  write(text) {
    this.box.value = text;
    this.#typed();
    this.chat.richMenu.toText(true);
    this.focus();
  }

  enable(able) {
    this.element.inert = !able;
    this.element.classList.toggle("closed", !able);
  }

  quote(message) {
    this.quoted = message;
    const mine = message.direction === "in";
    const { person } = this.chat.phone;
    const name = mine ? person.name : (message.sender?.name ?? this.chat.phone.account(this.chat.channelId).name);
    this.quoteBar.hidden = false;
    this.quoteBar.replaceChildren(
      avatar({ id: name, name, url: mine ? person.pictureUrl : "", person: mine }, 26),
      h("span", {}, h("b", {}, name), h("small", {}, summary(message))),
      button("close", t("reply.cancel"), () => this.#unquote()),
    );
    this.chat.richMenu.toText(true);
    this.focus();
  }

  #unquote() {
    this.quoted = null;
    this.quoteBar.hidden = true;
  }

  #typed() {
    const { box } = this;
    box.style.setProperty("block-size", "auto");
    box.style.setProperty("block-size", `${Math.min(box.scrollHeight || 36, 112)}px`);
    this.go.hidden = box.value.trim() === "";
    this.chat.phone.drafts.set(this.chat.channelId, box.value);
  }

  #key(event) {
    // Enter that ends an input method's composition must not send; 229 is what some browsers report instead.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.box.value.trim();
    if (!text) return;
    const quotedMessageId = this.quoted?.id;
    this.box.value = "";
    this.#unquote();
    this.#typed();
    this.chat.send({ type: "text", text, ...(quotedMessageId ? { quotedMessageId } : {}) });
  }

  #pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    actions.sendAll(this.chat, files);
  }

  /** Let the person choose files of one kind. */
  pick(kind) {
    this.#openTray(null);
    this.file.accept = ACCEPTS[kind];
    this.file.multiple = kind === "image";
    this.file.dataset.kind = kind;
    this.file.value = "";
    this.file.click();
  }

  #picked() {
    const files = [...this.file.files];
    if (!files.length) return;
    if (this.file.dataset.kind === "file") this.chat.sendFiles("file", files);
    else actions.sendAll(this.chat, files);
  }

  camera() {
    this.#openTray(null);
    shoot(this.chat.phone, (photo) => this.chat.sendFiles("image", [photo]));
  }

  #voice() {
    record(
      this.chat.phone,
      (file, duration) => this.chat.sendFiles("audio", [file], { duration }),
      () => this.pick("audio"),
    );
  }

  #openTray(name) {
    const open = name !== null && this.tray.dataset.name !== name;
    this.tray.dataset.name = open ? name : "";
    this.tray.hidden = !open;
    this.buttons.plus.setAttribute("aria-expanded", String(open && name === "plus"));
    this.buttons.smile.setAttribute("aria-expanded", String(open && name === "stickers"));
    if (open) this.tray.replaceChildren(name === "plus" ? this.#plus() : this.#stickers());
    this.tray.querySelector("button")?.focus({ preventScroll: true });
  }

  #plus() {
    const entry = (name, label, run) =>
      h("button", { type: "button", onclick: () => (this.#openTray(null), run()) }, h("span", {}, icon(name, 26)), label);
    return h(
      "div",
      { class: "plus" },
      entry("camera", t("attach.camera"), () => this.camera()),
      entry("picture", t("attach.image"), () => this.pick("image")),
      entry("video", t("attach.video"), () => this.pick("video")),
      entry("microphone", t("attach.audio"), () => this.#voice()),
      entry("file", t("attach.file"), () => this.pick("file")),
      entry("pin", t("attach.place"), () => actions.pickPlace(this.chat)),
    );
  }

  #stickers() {
    const send = (one) => {
      const quotedMessageId = this.quoted?.id;
      this.#openTray(null);
      this.#unquote();
      const { packageId, stickerId, mood } = one;
      // As LINE does, the account is told what the sticker is about.
      const keywords = [mood, t(`sticker.${mood}`)];
      this.chat.send({ type: "sticker", packageId, stickerId, keywords, ...(quotedMessageId ? { quotedMessageId } : {}) });
    };
    return h(
      "div",
      { class: "sticker-sheet" },
      STICKERS.map((one) => h("button", { type: "button", "aria-label": t(`sticker.${one.mood}`), title: t(`sticker.${one.mood}`), onclick: () => send(one) }, sticker(one, 68))),
    );
  }
}
