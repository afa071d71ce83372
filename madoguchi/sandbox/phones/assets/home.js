// The first screen of a phone: the friends, and the chats with their last words.
import { avatar, h, keep } from "./dom.js";
import { icon } from "./icons.js";
import { rowText } from "./log.js";
import { button } from "./sheet.js";
import { rowTime, t } from "./words.js";

const TABS = [
  { id: "friends", icon: "home" },
  { id: "chats", icon: "chat" },
];

export class HomeScreen {
  constructor(phone) {
    this.phone = phone;
    this.query = "";
    this.list = h("ul", { class: "rows" });
    this.empty = h("div", { class: "empty" });
    this.title = h("h2", {});
    this.profile = this.#profile();
    this.search = h("input", {
      type: "search",
      placeholder: t("search"),
      "aria-label": t("search"),
      oninput: () => {
        this.query = this.search.value.trim().toLowerCase();
        this.listed();
      },
    });
    this.tabs = TABS.map((tab) =>
      h(
        "button",
        { type: "button", onclick: () => this.show(tab.id) },
        h("span", { class: "tab-icon" }, icon(tab.icon, 24), h("i", { class: "badge num", hidden: true })),
        t(`home.${tab.id}`),
      ),
    );
    this.element = h(
      "div",
      { class: "home" },
      h(
        "header",
        { class: "home-head" },
        button("back", t("phone.people"), () => phone.desk.close(phone), { class: "icon-button only-small" }),
        this.title,
        button("addFriend", t("home.add"), () => phone.openAdd()),
      ),
      h("div", { class: "home-search" }, icon("search", 16), this.search),
      h("div", { class: "home-body" }, this.profile, this.list, this.empty),
      h("nav", { class: "tabs", "aria-label": t("home.tabs") }, this.tabs),
    );
    this.show("chats");
  }

  #profile() {
    const { person } = this.phone;
    return h(
      "div",
      { class: "profile" },
      h("div", {}, h("b", {}, person.name), h("small", {}, person.statusMessage || t("home.no-status"))),
      avatar({ id: person.personId, name: person.name, url: person.pictureUrl, person: true }, 60),
    );
  }

  show(tab) {
    this.tab = tab;
    this.title.textContent = t(`home.${tab}`);
    TABS.forEach(({ id }, index) => this.tabs[index].setAttribute("aria-current", String(id === tab)));
    this.profile.hidden = tab !== "friends";
    this.listed();
  }

  entered() {
    this.listed();
  }

  /** Draw the rows; called whenever the phone has read its chats. */
  listed() {
    const all = this.phone.chats;
    const friends = this.tab === "friends";
    const rows = all
      .filter((row) => (friends ? row.friendship === "friend" : row.last))
      .filter((row) => `${row.name} ${rowText(row.last)}`.toLowerCase().includes(this.query))
      .sort((a, b) => (friends ? a.name.localeCompare(b.name) : b.last.at - a.last.at));
    keep(this.list, rows, {
      key: (row) => row.channelId,
      print: (row) => JSON.stringify([friends, row, rowTime(row.last?.at ?? 0, this.phone.desk.now())]),
      make: (row) => (friends ? this.#friend(row) : this.#chat(row)),
    });
    this.#badge(all.reduce((sum, row) => sum + row.unread, 0));
    this.#teach(rows.length === 0);
  }

  #friend(row) {
    return h("li", {}, h("button", { type: "button", onclick: () => this.phone.openChat(row.channelId) }, face(row), h("b", {}, row.name)));
  }

  #chat(row) {
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", onclick: () => this.phone.openChat(row.channelId) },
        face(row),
        h("span", { class: "row-text" }, h("b", {}, row.name), h("small", {}, rowText(row.last))),
        h(
          "span",
          { class: "row-side num" },
          h("time", {}, rowTime(row.last.at, this.phone.desk.now())),
          row.unread > 0 && h("i", { class: "badge", "aria-label": t("home.unread", { count: row.unread }) }, row.unread > 99 ? "99+" : row.unread),
        ),
      ),
    );
  }

  #badge(unread) {
    const badge = this.tabs[1].querySelector(".badge");
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? "99+" : String(unread);
  }

  #teach(empty) {
    this.empty.hidden = !empty;
    if (!empty) return;
    const text = this.query ? t("search.nothing") : t(`home.${this.tab}.empty`);
    this.empty.replaceChildren(
      h("p", {}, text),
      this.query ? "" : h("button", { type: "button", class: "primary", onclick: () => this.phone.openAdd() }, icon("scan", 18), t("home.add")),
    );
  }
}

const face = (row) => avatar({ id: row.channelId, name: row.name, url: row.iconUrl }, 50);
