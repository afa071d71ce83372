// One simulated phone: its frame, the screens it goes through, and what it knows of its owner's chats.
import * as api from "./api.js";
import { AddScreen } from "./add.js";
import { ChatScreen } from "./chat.js";
import { BrowserScreen } from "./browser.js";
import { avatar, h } from "./dom.js";
import { HomeScreen } from "./home.js";
import { InfoScreen } from "./info.js";
import { destination, isOnLine, lineLink } from "./links.js";
import { calm } from "./live.js";
import { rowText } from "./log.js";
import { button, toast } from "./sheet.js";
import { clockTime, t } from "./words.js";

export class Phone {
  /** `desk` knows the accounts, the clock and where this phone stands; `person` is its owner. */
  constructor(desk, person) {
    this.desk = desk;
    this.person = person;
    this.chats = [];
    this.drafts = new Map();
    this.stack = [];
    this.readChats = calm(() => this.#readChats());
    this.time = h("span", { class: "num" });
    this.view = h("div", { class: "view" });
    this.screen = h("div", { class: "screen" }, this.#statusBar(), this.view);
    this.element = h(
      "section",
      { class: "phone", "aria-label": t("phone.label", { name: person.name }), "data-person": person.personId },
      h(
        "header",
        { class: "caption" },
        avatar({ id: person.personId, name: person.name, url: person.pictureUrl, person: true }, 22),
        h("b", {}, person.name),
        button("close", t("phone.close", { name: person.name }), () => desk.close(this)),
      ),
      h("div", { class: "frame" }, this.screen),
    );
    this.view.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-follow]");
      if (!link) return;
      event.preventDefault();
      this.follow(link.href);
    });
    this.push(new HomeScreen(this));
    this.tick();
  }

  #statusBar() {
    const bars = [4, 6, 8, 10].map((height) => h("i", { style: { "block-size": `${height}px` } }));
    return h(
      "div",
      { class: "status-bar", "aria-hidden": "true" },
      this.time,
      h("span", { class: "island" }),
      h("span", { class: "signals" }, h("span", { class: "signal" }, bars), h("b", {}, "5G"), h("span", { class: "battery" })),
    );
  }

  get top() {
    return this.stack.at(-1);
  }

  /** The account whose chat is open, if any. */
  get channelId() {
    return this.stack.find((screen) => screen instanceof ChatScreen)?.channelId ?? null;
  }

  /** What the phone knows of an account: its row in the chat list, else its public face. */
  account(channelId) {
    return this.chats.find((row) => row.channelId === channelId) ?? { friendship: "never", unread: 0, ...this.desk.channels.get(channelId) };
  }

  tick() {
    this.time.textContent = clockTime(this.desk.now());
  }

  push(screen) {
    if (this.top) this.top.element.inert = true;
    this.stack.push(screen);
    this.view.append(screen.element);
    screen.entered?.();
    this.desk.moved();
  }

  back() {
    this.uncover?.();
    if (this.stack.length < 2) return;
    const screen = this.stack.pop();
    screen.left?.();
    screen.element.remove();
    this.top.element.inert = false;
    this.top.entered?.();
    this.desk.moved();
  }

  home() {
    while (this.stack.length > 1) this.back();
  }

  /** Open the chat with an account; `text` is laid into the box, unsent. */
  openChat(channelId, text = "") {
    if (text) this.drafts.set(channelId, text);
    if (this.channelId === channelId && this.top.channelId === channelId && !text) return;
    this.home();
    this.push(new ChatScreen(this, channelId));
  }

  openInfo(channelId) {
    this.push(new InfoScreen(this, channelId));
  }

  openAdd() {
    this.push(new AddScreen(this));
  }

  /** Follow an address as LINE does: its own links inside, pages that allow it in the in-app browser, others beside it. */
  async follow(address) {
    const link = lineLink(address);
    if (!link) {
      // Whoever writes to the phone must not run scripts on this page: only addresses that lead away from it.
      if (/^(https?|tel|mailto):/i.test(address)) await this.#visit(destination(address, this.person.personId));
      else toast(this, t("link.refused"));
      return;
    }
    const channel = this.desk.channelByBasicId(link.basicId);
    if (!channel) {
      toast(this, t("link.unknown", { id: link.basicId }));
    } else if (link.kind === "chat") {
      this.openChat(channel.channelId, link.text);
    } else {
      this.home();
      const add = new AddScreen(this);
      this.push(add);
      add.found(channel);
    }
  }

  async #visit(address) {
    if (isOnLine(address) || (await api.framed(address))) this.push(new BrowserScreen(this, address));
    else open(address, "_blank", "noopener");
  }

  /** Read the chat list anew, and the open chat when it is `channelId` (or when that is null: whatever is open). */
  async refresh(channelId = null) {
    for (const screen of this.stack) screen.changed?.(channelId);
    await this.readChats();
  }

  async #readChats() {
    const before = new Map(this.chats.map((row) => [row.channelId, row.unread]));
    this.chats = await api.chats(this.person.personId);
    for (const screen of this.stack) screen.listed?.();
    const news = this.chats.find((row) => row.unread > (before.get(row.channelId) ?? row.unread) && row.channelId !== this.channelId);
    if (news && this.stack.length > 1) this.#announce(news);
  }

  /** A banner from above for a message in another chat. */
  #announce(row) {
    this.screen.querySelector(".banner")?.remove();
    const banner = h(
      "button",
      {
        type: "button",
        class: "banner",
        onclick: () => {
          banner.remove();
          this.openChat(row.channelId);
        },
      },
      avatar({ id: row.channelId, name: row.name, url: row.iconUrl }, 34),
      h("span", {}, h("b", {}, row.name), h("small", {}, rowText(row.last))),
    );
    this.screen.append(banner);
    setTimeout(() => banner.remove(), 5000);
  }

  /** Tell a person what went wrong, in the emulator's words where it has some. */
  failed(error) {
    toast(this, error instanceof api.Refused ? error.message : t("failed"));
  }

  remove() {
    for (const screen of this.stack) screen.left?.();
    this.element.remove();
  }
}
