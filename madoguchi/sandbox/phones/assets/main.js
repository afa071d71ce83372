// The desk: people on the left, up to three phones beside each other, and the address that says which.
import * as api from "./api.js";
import { avatar, h, keep } from "./dom.js";
import { lineLink } from "./links.js";
import { calm, listen } from "./live.js";
import { Phone } from "./phone.js";
import { t } from "./words.js";

const SHOWN = 60;
const SMALL = 760;
const LANGUAGES = ["zh-TW", "ja", "en", "zh-CN", "ko", "th"];

class Desk {
  constructor() {
    this.people = [];
    this.channels = new Map();
    this.bots = new Map();
    this.printed = [];
    this.phones = [];
    this.news = new Set();
    this.offset = 0;
    this.rate = 1;
    this.read = Date.now();
    this.load = calm(() => this.#load());
    this.stage = document.getElementById("stage");
    this.list = document.getElementById("people");
    this.search = document.getElementById("people-search");
    this.search.addEventListener("input", () => this.#people());
    document.getElementById("newcomer").addEventListener("click", () => this.#newcomer());
    this.empty = this.stage.appendChild(h("div", { class: "stage-empty" }, h("p", {}, t("phones.empty"))));
  }

  /** The emulator's time, in milliseconds. */
  now() {
    return this.read + this.offset + (Date.now() - this.read) * this.rate;
  }

  channelByBasicId(basicId) {
    return [...this.channels.values()].find((channel) => [channel.basicId, channel.premiumId].includes(basicId)) ?? null;
  }

  /** The account that a LIFF app belongs to: the one linked to its login channel. */
  channelOfLiff(liffId) {
    return this.channels.get(this.bots.get(liffId.split("-")[0])) ?? null;
  }

  /** How many phones have room beside each other. */
  get room() {
    if (innerWidth < SMALL) return 1;
    return Math.max(1, Math.min(3, Math.floor((innerWidth - 300) / 360)));
  }

  async start() {
    await this.load();
    await this.#fromAddress();
    listen({
      changed: (personId, channelId) => this.#changed(personId, channelId),
      people: () => this.load().then(() => this.#changed(null, null), () => {}),
      clock: () => this.load().catch(() => {}),
      state: (connected) => this.#connection(connected),
    });
    addEventListener("popstate", () => this.#fromAddress());
    addEventListener("resize", () => this.#fit());
    setInterval(() => this.phones.forEach((phone) => phone.tick()), 5000);
  }

  async #load() {
    const [world, printed] = await Promise.all([api.world(), api.printedCodes()]);
    this.printed = printed;
    this.bots = world.bots;
    this.people = world.people;
    this.channels = new Map(world.channels.map((channel) => [channel.channelId, channel]));
    this.read = Date.now();
    this.offset = world.now - this.read;
    this.#people();
    this.phones.forEach((phone) => phone.tick());
  }

  /** Open what the address names: `?p=person,person@channel` and `?link=https://line.me/…` on the first of them. */
  async #fromAddress() {
    const query = new URLSearchParams(location.search);
    const first = document.documentElement.dataset.first.split(" ").filter(Boolean);
    const known = first.length ? first : this.people.map((person) => person.personId);
    // A small screen begins with the list of people, unless there is a link to open.
    const fallback = innerWidth < SMALL && !query.get("link") ? [] : known.slice(0, Math.min(2, this.room));
    const asked = query.has("p") ? query.get("p").split(",").filter(Boolean) : fallback;
    this.quiet = true;
    const wanted = asked.slice(0, this.room).map((one) => one.split("@"));
    for (const phone of [...this.phones]) {
      if (!wanted.some(([personId]) => personId === phone.person.personId)) this.close(phone);
    }
    for (const [personId, channelId] of wanted) await this.openPhone(personId, channelId);
    if (lineLink(query.get("link") ?? "")) this.phones[0]?.follow(query.get("link"));
    this.quiet = false;
    this.moved();
  }

  /** Put a person's phone on the desk, in the place of the oldest when there is no room. */
  async openPhone(personId, channelId) {
    let phone = this.phones.find((one) => one.person.personId === personId);
    if (!phone) {
      const person = this.people.find((one) => one.personId === personId);
      if (!person) return null;
      while (this.phones.length >= this.room) this.close(this.phones[0]);
      phone = new Phone(this, person);
      this.phones.push(phone);
      this.stage.append(phone.element);
      await phone.refresh();
    }
    this.news.delete(personId);
    if (channelId && this.channels.has(channelId)) phone.openChat(channelId);
    this.moved();
    return phone;
  }

  close(phone) {
    phone.remove();
    this.phones = this.phones.filter((one) => one !== phone);
    this.moved();
  }

  #fit() {
    while (this.phones.length > this.room) this.close(this.phones[0]);
  }

  /** The phones or their screens changed: the address and the list follow. */
  moved() {
    document.body.classList.toggle("on-phone", this.phones.length > 0);
    this.empty.hidden = this.phones.length > 0;
    this.#people();
    if (this.quiet) return;
    const query = new URLSearchParams(location.search);
    query.delete("link");
    const shown = this.phones.map((phone) => (phone.channelId ? `${phone.person.personId}@${phone.channelId}` : phone.person.personId));
    query.set("p", shown.join(","));
    // Commas and @ are legal in a query and easier to read and to write by hand.
    const plain = () => `?${query}`.replaceAll("%2C", ",").replaceAll("%40", "@");
    history.replaceState(null, "", plain());
    for (const link of document.querySelectorAll(".languages a")) {
      query.set("lang", link.hreflang);
      link.setAttribute("href", plain());
    }
  }

  #changed(personId, channelId) {
    for (const phone of this.phones) {
      if (personId === null || phone.person.personId === personId) phone.refresh(channelId).catch((error) => phone.failed(error));
    }
    if (personId && !this.phones.some((phone) => phone.person.personId === personId) && !this.news.has(personId)) {
      this.news.add(personId);
      this.#people();
    }
  }

  #connection(connected) {
    const place = document.getElementById("live");
    place.textContent = t(connected ? "live.on" : "live.off");
    place.dataset.on = String(connected);
  }

  #people() {
    const query = this.search.value.trim().toLowerCase();
    const first = document.documentElement.dataset.first.split(" ").map((one) => one.split("@")[0]);
    const rank = (person) => (first.includes(person.personId) ? first.indexOf(person.personId) : first.length);
    const found = this.people.filter((person) => `${person.name} ${person.personId}`.toLowerCase().includes(query)).sort((a, b) => rank(a) - rank(b));
    const rows = found.slice(0, SHOWN);
    if (found.length > SHOWN) rows.push({ personId: "", more: found.length - SHOWN });
    if (found.length === 0 && query) rows.push({ personId: "", more: 0 });
    const open = new Set(this.phones.map((phone) => phone.person.personId));
    keep(this.list, rows, {
      key: (person) => person.personId,
      print: (person) => JSON.stringify([person.name, person.pictureUrl, person.statusMessage, person.more, open.has(person.personId), this.news.has(person.personId)]),
      make: (person) => this.#row(person, open.has(person.personId)),
    });
  }

  #row(person, open) {
    if (person.more !== undefined) return h("li", { class: "people-more" }, person.more ? t("people.more", { count: person.more }) : t("search.nothing"));
    const press = () => (open ? this.close(this.phones.find((phone) => phone.person.personId === person.personId)) : this.openPhone(person.personId));
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", "aria-pressed": String(open), onclick: press },
        avatar({ id: person.personId, name: person.name, url: person.pictureUrl, person: true }, 34),
        h("span", {}, person.name, h("small", {}, person.statusMessage || languageName(person.language))),
        this.news.has(person.personId) ? h("i", { class: "dot", role: "img", "aria-label": t("people.news") }) : null,
      ),
    );
  }

  /** A new person, at once with a phone in their hand. */
  #newcomer() {
    const dialog = h("dialog", { class: "newcomer-dialog", "aria-labelledby": "newcomer-title", onclose: () => dialog.remove() });
    const name = h("input", { name: "name", required: true, maxlength: 20, autocomplete: "off", autofocus: true });
    const language = h("select", { name: "language" }, LANGUAGES.map((code) => h("option", { value: code }, languageName(code))));
    const problem = h("p", { class: "problem", role: "alert" });
    const create = async (event) => {
      event.preventDefault();
      try {
        const [person] = await api.createPerson({ name: name.value.trim(), language: language.value });
        await this.load();
        dialog.close();
        await this.openPhone(person.personId);
      } catch (error) {
        problem.textContent = error.message;
      }
    };
    dialog.append(
      h(
        "form",
        { onsubmit: create },
        h("h2", { id: "newcomer-title" }, t("people.new")),
        h("p", {}, t("people.new.lead")),
        h("label", {}, t("people.name"), name),
        h("label", {}, t("people.language"), language),
        problem,
        h("div", { class: "dialog-actions" }, h("button", { type: "button", onclick: () => dialog.close() }, t("cancel")), h("button", { type: "submit", class: "primary" }, t("people.create"))),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  }
}

function languageName(code) {
  return new Intl.DisplayNames([document.documentElement.lang], { type: "language", fallback: "code" }).of(code || "zh-TW");
}

const desk = new Desk();
desk.start().catch(() => {
  desk.empty.hidden = false;
  desk.empty.replaceChildren(h("p", {}, t("phones.unreachable")), h("button", { type: "button", class: "primary", onclick: () => location.reload() }, t("again")));
});
