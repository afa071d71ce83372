// LINE's in-app browser: a page over the phone's screen, as the phone's owner. What the page may ask of LINE comes as
// messages from the LIFF script (sandbox/line/login/liff.js).
import * as api from "./api.js";
import { h } from "./dom.js";
import { button, confirm } from "./sheet.js";
import { t } from "./words.js";

export class BrowserScreen {
  constructor(phone, address) {
    this.phone = phone;
    this.frame = h("iframe", { src: address, title: t("browser.page"), referrerpolicy: "no-referrer" });
    this.heard = (event) => event.source === this.frame.contentWindow && this.#wish(event);
    this.element = h(
      "div",
      { class: "browser" },
      h("header", { class: "plain-bar" }, button("close", t("browser.close"), () => phone.back()), h("h2", {}, this.#title(address))),
      this.frame,
    );
  }

  /** Whose page it is: of the account, where LINE knows, else of which site. */
  #title(address) {
    const { host, pathname } = new URL(address, location.origin);
    const liffId = host === location.host ? pathname.match(/^\/liff\/(\d+-\w+)/)?.[1] : null;
    return (liffId && this.phone.desk.channelOfLiff(liffId)?.name) || host;
  }

  entered() {
    addEventListener("message", this.heard);
  }

  left() {
    removeEventListener("message", this.heard);
  }

  #wish({ data, source, origin }) {
    const { phone } = this;
    if (data?.liff === "close") phone.back();
    if (data?.liff === "open") {
      phone.back();
      phone.follow(String(data.url));
    }
    if (data?.liff === "friendship") this.#befriend(String(data.liffId)).finally(() => source.postMessage({ liff: "friendship.answered" }, origin));
  }

  /** Ask the owner as LINE does when a page wants them to become a friend of the account it belongs to. */
  async #befriend(liffId) {
    const channel = this.phone.desk.channelOfLiff(liffId);
    if (!channel) return;
    const yes = await confirm(this.phone, t("browser.befriend", { name: channel.name }), t("add.add"), { danger: false });
    if (!yes) return;
    const row = this.phone.account(channel.channelId);
    await (row.friendship === "blocked" ? api.unblock : api.add)(this.phone.person.personId, channel.channelId);
    await this.phone.refresh(channel.channelId);
  }
}
