// One chat: the log of bubbles, kept in step with the emulator while somebody reads and types.
import * as api from "./api.js";
import { bubble } from "./bubbles.js";
import { Composer } from "./composer.js";
import { h, keep, onLongPress } from "./dom.js";
import { icon } from "./icons.js";
import { calm } from "./live.js";
import { arrange, plainText } from "./log.js";
import { RichMenu } from "./richmenu.js";
import { button, menu, toast } from "./sheet.js";
import { t } from "./words.js";
import * as actions from "./actions.js";

export class ChatScreen {
  constructor(phone, channelId) {
    this.phone = phone;
    this.channelId = channelId;
    this.state = { friendship: "never", messages: [], richMenu: null, quickReply: null, loadingUntil: null };
    this.pending = [];
    this.sending = Promise.resolve();
    this.keys = new Map();
    this.own = new Map();
    this.load = calm(() => this.#load());
    this.read = null;
    this.atEnd = true;
    this.lastTop = 0;
    this.shown = false;

    this.title = h("h2", {});
    this.unread = h("span", { class: "unread num" });
    this.notice = h("div", { class: "notice", hidden: true });
    this.log = h("ol", { class: "log" });
    this.scroller = h("div", { class: "scroller", role: "log", tabindex: "0", onscroll: () => this.#scrolled() }, this.log);
    this.jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd(true) }, icon("down", 18), t("chat.new"));
    this.quick = h("div", { class: "quick", role: "group", "aria-label": t("chat.quick"), hidden: true });
    this.composer = new Composer(this);
    this.richMenu = new RichMenu(this);
    this.element = h(
      "div",
      { class: "chat" },
      h(
        "header",
        { class: "chat-bar" },
        h("button", { type: "button", class: "icon-button", "aria-label": t("back"), onclick: () => phone.back() }, icon("back", 24), this.unread),
        this.title,
        button("menu", t("info.title"), () => phone.openInfo(channelId)),
      ),
      this.notice,
      h("div", { class: "log-place" }, this.scroller, this.jump),
      this.quick,
      this.composer.element,
      this.richMenu.element,
    );
    this.#watchSize();
    this.#takeDrops();
    this.listed();
  }

  get personId() {
    return this.phone.person.personId;
  }

  /** The screen is in front (again). */
  entered() {
    this.#open();
    this.composer.entered();
  }

  left() {
    this.resized.disconnect();
    this.composer.left();
    clearTimeout(this.loadingTimer);
  }

  /** Something happened in a chat of this person. */
  changed(channelId) {
    if (channelId === null || channelId === this.channelId) this.load();
  }

  /** The chat list was read. */
  listed() {
    const row = this.phone.account(this.channelId);
    this.title.textContent = row?.name ?? "";
    this.scroller.setAttribute("aria-label", t("chat.with", { name: row?.name ?? "" }));
    const others = this.phone.chats.reduce((sum, one) => sum + (one.channelId === this.channelId ? 0 : one.unread), 0);
    this.unread.textContent = others > 99 ? "99+" : others || "";
  }

  /** Opening the chat marks it as read and brings the present rich menu. */
  async #open() {
    await api.open(this.personId, this.channelId).catch((error) => this.phone.failed(error));
    await this.load();
  }

  async #load() {
    try {
      const state = await api.chat(this.personId, this.channelId);
      // What is on its way gets its id first; otherwise it would stand here twice for a moment.
      await this.sending;
      this.#keepEarlier(state);
      this.state = state;
      this.#addOwn();
      this.render();
      this.#markRead();
    } catch (error) {
      this.phone.failed(error);
    }
  }

  /** Pages that were scrolled to stay before the newest one. */
  #keepEarlier(state) {
    const first = state.messages[0]?.id;
    const index = this.state.messages.findIndex((message) => message.id === first);
    if (index > 0) {
      state.messages.unshift(...this.state.messages.slice(0, index));
      state.earlier = this.state.earlier;
    }
  }

  /** The page before the oldest message, with the reader's place kept. */
  async #loadEarlier() {
    this.fetching = true;
    try {
      const page = await api.chat(this.personId, this.channelId, this.state.messages[0].id);
      const { scrollHeight, scrollTop } = this.scroller;
      this.state.messages.unshift(...page.messages);
      this.state.earlier = page.earlier;
      this.render();
      this.scroller.scrollTop = scrollTop + this.scroller.scrollHeight - scrollHeight;
    } catch (error) {
      this.phone.failed(error);
    } finally {
      this.fetching = false;
    }
  }

  /** A sent message that a slightly older reading does not hold yet stays where it is. */
  #addOwn() {
    const held = new Set(this.state.messages.map((message) => message.id));
    for (const [id, message] of this.own) {
      if (held.has(id)) this.own.delete(id);
      else this.state.messages.push(message);
    }
  }

  /** Tell the emulator that the newest bubble was seen, once for each. */
  #markRead() {
    const newest = this.state.messages.findLast((message) => message.direction === "out")?.id ?? null;
    const seen = this.read;
    this.read = newest;
    if (newest && newest !== seen && seen !== null && !document.hidden) {
      api.open(this.personId, this.channelId).then(() => this.phone.refresh(""), () => {});
    }
  }

  render() {
    const { state } = this;
    const was = this.count ?? 0;
    const items = arrange([...state.messages, ...this.pending], {
      now: this.phone.desk.now(),
      keyOf: (message) => this.keys.get(message.id) ?? message.id,
      loadingUntil: this.#loading(),
    });
    keep(this.log, items, { key: (item) => item.key, print: (item) => item.stamp, make: (item) => this.#draw(item, this.shown) });
    this.count = items.length;
    if (this.atEnd || was === 0) this.toEnd(false);
    else if (items.length > was) this.jump.hidden = false;
    this.#notify();
    this.#offer();
    this.richMenu.show(state.richMenu, !this.shown);
    this.shown = true;
    this.composer.enable(state.friendship !== "blocked");
  }

  #draw(item, arriving) {
    const element = bubble(item, this);
    element.classList.toggle("arriving", arriving);
    for (const target of element.querySelectorAll("[data-menu]")) {
      const message = item.images.find((image) => image.id === target.dataset.menu);
      onLongPress(target, () => this.menuFor(message));
    }
    return element;
  }

  /** Milliseconds until the loading dots go, drawn again when the time has come. */
  #loading() {
    clearTimeout(this.loadingTimer);
    const left = (this.state.loadingUntil ?? 0) - this.phone.desk.now();
    if (left > 0) this.loadingTimer = setTimeout(() => this.render(), left);
    return left > 0 ? this.state.loadingUntil : null;
  }

  menuFor(message) {
    const entries = [];
    const text = plainText(message);
    if (actions.QUOTABLE.has(message.type)) entries.push({ icon: "reply", label: t("reply"), run: () => this.composer.quote(message) });
    if (text) entries.push({ icon: "copy", label: t("copy"), run: () => actions.copy(this, text) });
    if (message.direction === "in" && !message.sending && message.via !== "postback") {
      entries.push({ icon: "undo", label: t("unsend"), danger: true, run: () => this.#unsend(message) });
    }
    if (entries.length) menu(this.phone, t("message.menu"), entries);
  }

  async #unsend(message) {
    try {
      await api.unsend(this.personId, this.channelId, message.id);
      await this.load();
    } catch (error) {
      this.phone.failed(error);
    }
  }

  /** Above the log: what to do about an account that is no friend, or is blocked. */
  #notify() {
    const { friendship } = this.state;
    this.notice.hidden = friendship === "friend";
    if (this.notice.dataset.for === friendship) return;
    this.notice.dataset.for = friendship;
    const act = (name, label, run) =>
      h("button", { type: "button", onclick: () => run(this.personId, this.channelId).then(() => this.#open(), (error) => this.phone.failed(error)) }, icon(name, 18), label);
    this.notice.replaceChildren(
      ...(friendship === "blocked"
        ? [h("span", {}, t("friendship.blocked")), act("check", t("unblock"), api.unblock)]
        : [act("addFriend", t("add.add"), api.add), act("block", t("block"), api.block)]),
    );
  }

  /** The quick replies of the last message. */
  #offer() {
    const items = this.state.quickReply?.items ?? [];
    const print = JSON.stringify(items);
    this.quick.hidden = items.length === 0;
    if (this.quick.dataset.print === print) return;
    this.quick.dataset.print = print;
    this.quick.replaceChildren(
      ...items.map(({ imageUrl, action }) =>
        h(
          "button",
          { type: "button", onclick: () => actions.act(this, action) },
          imageUrl ? h("img", { src: imageUrl, alt: "", width: 20, height: 20 }) : null,
          action.label,
        ),
      ),
    );
  }

  /** Send a message object; its bubble stands at once as "sending". → whether it was taken. */
  async send(message) {
    return this.#deliver({ ...message }, () => api.send(this.personId, this.channelId, message));
  }

  /** Send files of one kind. */
  async sendFiles(type, files, fields) {
    const set = type === "image" && files.length > 1 ? { imageSet: { id: crypto.randomUUID() } } : {};
    const previews = files.map((file) => ({ ...set, type, localUrl: URL.createObjectURL(file), fileName: file.name, fileSize: file.size, ...fields }));
    const send = () => api.sendFiles(this.personId, this.channelId, type, files, fields);
    return this.#deliver(previews, send);
  }

  async #deliver(message, run) {
    const at = this.phone.desk.now();
    const waiting = [message].flat().map((one) => ({ ...one, id: `local-${crypto.randomUUID()}`, direction: "in", at, sending: true }));
    this.pending.push(...waiting);
    this.atEnd = true;
    this.state.quickReply = null;
    this.render();
    const job = run();
    this.sending = Promise.allSettled([this.sending, job]);
    try {
      const taken = await job;
      this.pending = this.pending.filter((one) => !waiting.includes(one));
      taken.forEach((one, index) => {
        this.keys.set(one.id, waiting[index]?.id ?? one.id);
        if (waiting[index]?.localUrl) one.localUrl = waiting[index].localUrl;
        if (!this.state.messages.some(({ id }) => id === one.id)) {
          this.own.set(one.id, one);
          this.state.messages.push(one);
        }
      });
      this.render();
      return true;
    } catch (error) {
      for (const one of waiting) Object.assign(one, { sending: false, failed: () => this.#again(one, waiting, message, run) });
      this.render();
      this.phone.failed(error);
      return false;
    }
  }

  /** Offer to repeat or drop what could not be sent. */
  #again(one, waiting, message, run) {
    const drop = () => {
      this.pending = this.pending.filter((other) => !waiting.includes(other));
      this.render();
    };
    menu(this.phone, t("send.failed"), [
      { icon: "retry", label: t("send.again"), run: () => (drop(), this.#deliver(message, run)) },
      { icon: "trash", label: t("delete"), danger: true, run: drop },
    ]);
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    // Only going up leaves the end: when the log grows or a menu opens, the place stays but the end moves.
    if (scrollHeight - scrollTop - clientHeight < 60) this.atEnd = true;
    else if (scrollTop < this.lastTop - 2) this.atEnd = false;
    this.lastTop = scrollTop;
    if (this.atEnd) this.jump.hidden = true;
    if (scrollTop < 120 && this.state.earlier && !this.fetching) this.#loadEarlier();
  }

  toEnd(smooth) {
    this.jump.hidden = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.atEnd = true;
  }

  /** Pictures that arrive late and menus that open must not push the last bubble away. */
  #watchSize() {
    this.resized = new ResizeObserver(() => this.atEnd && this.toEnd(false));
    this.resized.observe(this.log);
    this.resized.observe(this.scroller);
  }

  #takeDrops() {
    this.element.addEventListener("dragover", (event) => {
      if (event.dataTransfer.types.includes("Files")) event.preventDefault();
    });
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      actions.sendAll(this, [...event.dataTransfer.files]);
    });
  }

  toast(text) {
    toast(this.phone, text);
  }
}
