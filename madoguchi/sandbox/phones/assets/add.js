// Adding an account as a friend: scan one of the codes (pick it), or paste a link.
import * as api from "./api.js";
import { avatar, h, keep } from "./dom.js";
import { icon } from "./icons.js";
import { addLink, lineLink } from "./links.js";
import { reads, scanned } from "./scanner.js";
import { button, toast } from "./sheet.js";
import { t } from "./words.js";

export class AddScreen {
  constructor(phone) {
    this.phone = phone;
    this.link = h("input", { type: "text", placeholder: "https://line.me/R/ti/p/%40…", "aria-label": t("add.link"), autocomplete: "off", spellcheck: "false" });
    this.codes = h("ul", { class: "codes" });
    this.papers = h("ul", { class: "papers" });
    this.paperTitle = h("h3", { hidden: true }, icon("scan", 18), t("add.paper"));
    this.file = h("input", { type: "file", accept: "image/*", hidden: true, onchange: () => this.#picture(this.file.files[0]) });
    this.card = h("div", { class: "found", hidden: true });
    this.element = h(
      "div",
      { class: "add" },
      h("header", { class: "plain-bar" }, button("back", t("back"), () => phone.back()), h("h2", {}, t("home.add"))),
      h(
        "div",
        { class: "add-body" },
        this.card,
        h(
          "form",
          { class: "add-link", onsubmit: (event) => this.#paste(event) },
          h("label", {}, icon("link", 18), this.link),
          h("button", { type: "submit", class: "primary" }, t("add.open")),
        ),
        h("h3", {}, icon("scan", 18), t("add.scan")),
        h("p", { class: "hint" }, t("add.scan.hint")),
        reads && h("p", {}, h("button", { type: "button", class: "quiet", onclick: () => this.file.click() }, icon("picture", 18), t("add.picture"))),
        this.file,
        this.paperTitle,
        this.papers,
        h("h3", {}, icon("addFriend", 18), t("add.accounts")),
        this.codes,
      ),
    );
    this.element.addEventListener("paste", (event) => this.#picture([...(event.clipboardData?.files ?? [])][0]));
  }

  entered() {
    this.listed();
  }

  listed() {
    const { printed } = this.phone.desk;
    this.paperTitle.hidden = printed.length === 0;
    keep(this.papers, printed, { key: (code) => code.text, print: (code) => JSON.stringify(code), make: (code) => this.#paper(code) });
    keep(this.codes, [...this.phone.desk.channels.values()], {
      key: (channel) => channel.channelId,
      print: (channel) => channel.name + channel.basicId,
      make: (channel) => this.#code(channel),
    });
  }

  #paper(code) {
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", onclick: () => this.phone.follow(code.text) },
        h("img", { src: api.qr(code.text), alt: "", width: 64, height: 64, loading: "lazy" }),
        h("span", {}, h("b", {}, code.title), h("small", {}, code.note)),
      ),
    );
  }

  /** A picture of a code, chosen or pasted: what it says is followed. */
  async #picture(file) {
    if (!file || !reads) return;
    const text = await scanned(file);
    if (text) this.phone.follow(text);
    else toast(this.phone, t("add.picture.none"));
  }

  #code(channel) {
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", onclick: () => this.found(channel) },
        h("img", { src: api.qr(addLink(channel.basicId)), alt: "", width: 116, height: 116, loading: "lazy" }),
        h("b", {}, channel.name),
        h("small", { class: "num" }, channel.basicId),
      ),
    );
  }

  #paste(event) {
    event.preventDefault();
    const text = this.link.value.trim();
    if (!text) return;
    if (text.startsWith("@")) this.phone.follow(addLink(text));
    else if (lineLink(text) || /^https?:\/\//i.test(text)) this.phone.follow(text);
    else toast(this.phone, t("link.not-line"));
  }

  /** The account that a code or link stands for: its card, with what can be done. */
  found(channel) {
    const row = this.phone.account(channel.channelId);
    const friend = row.friendship === "friend";
    const blocked = row.friendship === "blocked";
    const talk = () => this.phone.openChat(channel.channelId);
    const add = async () => {
      const { personId } = this.phone.person;
      try {
        await (blocked ? api.unblock : api.add)(personId, channel.channelId);
        talk();
      } catch (error) {
        this.phone.failed(error);
      }
    };
    this.card.hidden = false;
    this.card.replaceChildren(
      avatar({ id: channel.channelId, name: channel.name, url: channel.iconUrl }, 76),
      h("b", {}, channel.name),
      h("small", { class: "num" }, channel.basicId),
      friend
        ? h("button", { type: "button", class: "primary", onclick: talk }, icon("chat", 18), t("add.chat"))
        : h("button", { type: "button", class: "primary", onclick: add }, icon("addFriend", 18), t(blocked ? "unblock" : "add.add")),
    );
    this.card.scrollIntoView({ block: "start" });
    this.card.querySelector("button").focus({ preventScroll: true });
  }
}
